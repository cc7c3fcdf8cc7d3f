import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("a kind that is disabled hangs nowhere any more, and enabling it brings back AWS's own alone", async () => {
  const company = await openCompany();
  const input = { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" };
  assert.equal(await company.refused("DisablePolicyType", input), "PolicyTypeNotEnabledException");
  await company.call("EnablePolicyType", input);
  const PolicyId = await company.denying("kms:*");
  await company.call("AttachPolicy", { PolicyId, TargetId: company.root });
  const { Root } = await company.call("DisablePolicyType", input);
  assert.deepEqual(Root?.PolicyTypes, []);
  await company.call("EnablePolicyType", input);
  const listed = await company.call("ListPoliciesForTarget", {
    TargetId: company.root,
    Filter: "SERVICE_CONTROL_POLICY",
  });
  assert.deepEqual(
    listed.Policies?.map(({ Id }) => Id),
    ["p-FullAWSAccess"],
  );
  await company.close();
});
