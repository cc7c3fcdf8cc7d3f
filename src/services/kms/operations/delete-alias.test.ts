import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("the name goes in every state of the key, and leads nowhere at the next call", async () => {
  const KeyId = await kms.keyId();
  await kms.call("CreateAlias", { AliasName: "alias/gone", TargetKeyId: KeyId });
  await kms.call("DescribeKey", { KeyId: "alias/gone" });
  await kms.call("ScheduleKeyDeletion", { KeyId });
  await kms.call("DeleteAlias", { AliasName: "alias/gone" });
  assert.match(await kms.refused("DescribeKey", { KeyId: "alias/gone" }), /is not found\.$/);
  assert.match(await kms.refused("DeleteAlias", { AliasName: "alias/gone" }), /is not found\.$/);
});

test("AWS's own aliases stay, and both alias and key must be allowed", async () => {
  await kms.call("DescribeKey", { KeyId: "alias/aws/s3" });
  assert.equal(await kms.refused("DeleteAlias", { AliasName: "alias/aws/s3" }), "NotAuthorizedException");
  const TargetKeyId = await kms.keyId();
  await kms.call("CreateAlias", { AliasName: "alias/kept", TargetKeyId });
  const half = as("a", allow("kms:DeleteAlias", "arn:aws:kms:*:*:alias/*"));
  assert.match(await kms.refused("DeleteAlias", { AliasName: "alias/kept" }, half), /^AccessDeniedException/);
  const other = as("a", allow("kms:DeleteAlias", arnOf("*")));
  assert.match(await kms.refused("DeleteAlias", { AliasName: "alias/kept" }, other), /^AccessDeniedException/);
});
