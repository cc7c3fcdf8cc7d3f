import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("AWS's own comes first, then the organization's of that kind, page by page", async () => {
  const company = await openCompany();
  const made = [await company.denying("kms:*"), await company.denying("s3:*")].sort();
  const first = await company.call("ListPolicies", { Filter: "SERVICE_CONTROL_POLICY", MaxResults: 2 });
  const rest = await company.call("ListPolicies", { Filter: "SERVICE_CONTROL_POLICY", NextToken: first.NextToken });
  const ids = [...(first.Policies ?? []), ...(rest.Policies ?? [])].map(({ Id }) => Id);
  assert.deepEqual(ids, ["p-FullAWSAccess", ...made]);
  const others = await company.call("ListPolicies", { Filter: "RESOURCE_CONTROL_POLICY" });
  assert.deepEqual(
    others.Policies?.map(({ Id }) => Id),
    ["p-RCPFullAWSAccess"],
  );
  await company.close();
});
