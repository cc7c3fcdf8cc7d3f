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

test("an alias stays with one class and one usage of key; specs of one class may change", async () => {
  const specs = {
    symmetric: {},
    hmac: { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
    hmac512: { KeySpec: "HMAC_512", KeyUsage: "GENERATE_VERIFY_MAC" },
    cipher: { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" },
    signer: { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
    edwards: { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" },
    agreement: { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" },
  } as const;
  const ids = new Map<string, string>();
  for (const [name, input] of Object.entries(specs)) ids.set(name, await kms.keyId(input));
  const alike = [
    ["hmac", "hmac512"],
    ["signer", "edwards"],
  ];
  for (const from of ids.keys()) {
    const AliasName = `alias/class-${from}`;
    await kms.call("CreateAlias", { AliasName, TargetKeyId: ids.get(from) });
    for (const to of ids.keys()) {
      const move = { AliasName, TargetKeyId: ids.get(to) };
      if (from === to || alike.some((pair) => pair.includes(from) && pair.includes(to))) {
        await kms.call("UpdateAlias", move);
        await kms.call("UpdateAlias", { AliasName, TargetKeyId: ids.get(from) });
      } else assert.match(await kms.refused("UpdateAlias", move), /^ValidationException/, `${from} to ${to}`);
    }
  }
});
