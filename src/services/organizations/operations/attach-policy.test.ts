import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("a policy hangs once on what is there, of a kind that is enabled, ten at most", async () => {
  const company = await openCompany();
  const [PolicyId, TargetId] = [await company.denying("kms:*"), await company.unit("dev")];
  const input = { PolicyId, TargetId };
  assert.equal(await company.refused("AttachPolicy", input), "PolicyTypeNotEnabledException");
  await company.call("EnablePolicyType", { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" });
  await company.call("AttachPolicy", input);
  assert.equal(await company.refused("AttachPolicy", input), "DuplicatePolicyAttachmentException");
  assert.equal(
    await company.refused("AttachPolicy", { PolicyId, TargetId: SECOND_ACCOUNT }),
    "TargetNotFoundException",
  );
  const unknown = { PolicyId: "p-00000000", TargetId };
  assert.equal(await company.refused("AttachPolicy", unknown), "PolicyNotFoundException");
  for (let made = 0; made < 8; made += 1)
    await company.call("AttachPolicy", { PolicyId: await company.denying(`s3:Get${made}`), TargetId });
  assert.equal(
    await company.refused("AttachPolicy", { PolicyId: await company.denying("s3:Put"), TargetId }),
    "ConstraintViolationException MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
  );
  await company.close();
});
