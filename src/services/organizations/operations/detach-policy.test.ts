import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("the last service control policy of a target stays, and AWS's resource control policy everywhere", async () => {
  const company = await openCompany();
  for (const PolicyType of ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"])
    await company.call("EnablePolicyType", { RootId: company.root, PolicyType });
  const TargetId = await company.unit("dev");
  const full = { PolicyId: "p-FullAWSAccess", TargetId };
  assert.equal(
    await company.refused("DetachPolicy", full),
    "ConstraintViolationException MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
  );
  const PolicyId = await company.denying("kms:*");
  assert.equal(await company.refused("DetachPolicy", { PolicyId, TargetId }), "PolicyNotAttachedException");
  await company.call("AttachPolicy", { PolicyId, TargetId });
  await company.call("DetachPolicy", full);
  assert.equal(await company.refused("DetachPolicy", full), "PolicyNotAttachedException");
  assert.equal(
    await company.refused("DetachPolicy", { PolicyId: "p-RCPFullAWSAccess", TargetId }),
    "InvalidInputException NON_DETACHABLE_POLICY",
  );
  await company.close();
});
