import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("a policy that hangs somewhere stays", async () => {
  const company = await openCompany();
  await company.call("EnablePolicyType", { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" });
  const PolicyId = await company.denying("kms:*");
  await company.call("AttachPolicy", { PolicyId, TargetId: company.root });
  assert.equal(await company.refused("DeletePolicy", { PolicyId }), "PolicyInUseException");
  await company.call("DetachPolicy", { PolicyId, TargetId: company.root });
  await company.call("DeletePolicy", { PolicyId });
  assert.equal(await company.refused("DeletePolicy", { PolicyId }), "PolicyNotFoundException");
  const own = { PolicyId: "p-FullAWSAccess" };
  assert.equal(await company.refused("DeletePolicy", own), "InvalidInputException IMMUTABLE_POLICY");
  await company.close();
});
