import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany } from "../testing.js";

test("there is one root, with the kinds of policies that are enabled in it", async () => {
  const company = await openCompany();
  await company.call("EnablePolicyType", { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" });
  const { Roots = [], NextToken } = await company.call("ListRoots", { MaxResults: 1 });
  assert.equal(NextToken, undefined);
  assert.deepEqual(Roots, [
    {
      Id: company.root,
      Arn: `arn:aws:organizations::${HOUSE_ACCOUNT}:root/${company.organization}/${company.root}`,
      Name: "Root",
      PolicyTypes: [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }],
    },
  ]);
  await company.close();
});
