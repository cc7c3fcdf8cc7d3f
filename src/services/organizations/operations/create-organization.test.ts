import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany, SECOND_ACCOUNT } from "../testing.js";

test("who makes an organization manages it, alone below its root", async () => {
  const company = await openCompany({ without: true });
  const { Organization } = await company.call("CreateOrganization", {});
  assert.match(Organization?.Id ?? "", /^o-[a-z0-9]{10}$/);
  assert.equal(Organization?.Arn, `arn:aws:organizations::${HOUSE_ACCOUNT}:organization/${Organization?.Id}`);
  assert.equal(Organization?.MasterAccountId, HOUSE_ACCOUNT);
  assert.equal(Organization?.FeatureSet, "ALL");
  const { Roots = [] } = await company.call("ListRoots");
  assert.match(Roots[0]?.Id ?? "", /^r-[a-z0-9]{4}$/);
  assert.deepEqual(Roots[0]?.PolicyTypes, [], "no kind of policy is enabled until somebody enables it");
  assert.equal(await company.refused("CreateOrganization"), "AlreadyInOrganizationException");
  await company.call("CreateOrganization", { FeatureSet: "CONSOLIDATED_BILLING" }, SECOND_ACCOUNT);
  assert.equal(
    await company.refused("ListPolicies", { Filter: "SERVICE_CONTROL_POLICY" }, SECOND_ACCOUNT),
    "PolicyTypeNotAvailableForOrganizationException",
  );
  await company.close();
});
