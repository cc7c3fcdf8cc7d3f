import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const described = async (KeyId: string) => (await kms.call("DescribeKey", { KeyId })).KeyMetadata.KeyId;

test("the name leads to the new key at the next call", async () => {
  const [old, next] = [await kms.keyId(), await kms.keyId()];
  await kms.call("CreateAlias", { AliasName: "alias/moving", TargetKeyId: old });
  assert.equal(await described("alias/moving"), old);
  await kms.call("UpdateAlias", { AliasName: "alias/moving", TargetKeyId: next });
  assert.equal(await described("alias/moving"), next);
});

test("away from a key that waits for its end it may, towards one it may not", async () => {
  const [old, next] = [await kms.keyId(), await kms.keyId()];
  await kms.call("CreateAlias", { AliasName: "alias/states", TargetKeyId: old });
  await kms.call("ScheduleKeyDeletion", { KeyId: old });
  await kms.call("UpdateAlias", { AliasName: "alias/states", TargetKeyId: next });
  assert.match(
    await kms.refused("UpdateAlias", { AliasName: "alias/states", TargetKeyId: old }),
    /is pending deletion\.$/,
  );
});

test("names that are not there, reserved or no aliases are refused", async () => {
  const TargetKeyId = await kms.keyId();
  const refused = (AliasName: string) => kms.refused("UpdateAlias", { AliasName, TargetKeyId });
  assert.equal(
    await refused("alias/none"),
    "NotFoundException: Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.",
  );
  assert.equal(await refused("alias/aws/s3"), "NotAuthorizedException");
  assert.match(await refused("none"), /^ValidationException/);
});

test("alias, old key and new key must all be allowed", async () => {
  const [old, next] = [await kms.keyId(), await kms.keyId()];
  await kms.call("CreateAlias", { AliasName: "alias/three", TargetKeyId: old });
  const alias = allow("kms:UpdateAlias", "arn:aws:kms:*:*:alias/*");
  const on = (id: string) => allow("kms:UpdateAlias", arnOf(id));
  const input = { AliasName: "alias/three", TargetKeyId: next };
  assert.match(await kms.refused("UpdateAlias", input, as("a", alias, on(old))), new RegExp(next));
  assert.match(await kms.refused("UpdateAlias", input, as("a", alias, on(next))), new RegExp(old));
  assert.match(await kms.refused("UpdateAlias", input, as("a", on(old), on(next))), /alias\/three/);
  await kms.call("UpdateAlias", input, as("a", alias, on(old), on(next)));
});
