import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, test } from "node:test";
import { DAY_MS } from "../../../base/index.js";
import { externalKey } from "../test-imports.js";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const WRAPPING = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" };

test("a public key of the size asked for, a token, and 24 hours; each time another pair", async () => {
  const KeyId = await externalKey(kms);
  const made = await kms.call("GetParametersForImport", { KeyId, ...WRAPPING, WrappingKeySpec: "RSA_3072" });
  assert.equal(made.KeyId, arnOf(KeyId));
  assert.equal(made.ParametersValidTo.getTime(), kms.clock.nowMs() + DAY_MS);
  const key = createPublicKey({ key: Buffer.from(made.PublicKey), format: "der", type: "spki" });
  assert.equal(key.asymmetricKeyDetails?.modulusLength, 3072);
  const again = await kms.call("GetParametersForImport", { KeyId, ...WRAPPING });
  assert.notDeepEqual(again.PublicKey, made.PublicKey);
  assert.ok(again.ImportToken.length <= 6144);
});

test("only keys with the origin EXTERNAL take material from outside", async () => {
  const KeyId = await kms.keyId();
  const text = `UnsupportedOperationException: ${arnOf(KeyId)} origin is AWS_KMS which is not valid for this operation.`;
  assert.equal(await kms.refused("GetParametersForImport", { KeyId, ...WRAPPING }), text);
});

test("PKCS #1 v1.5 and SM2 are refused; each algorithm of OAEP and AES wrap is not", async () => {
  const KeyId = await externalKey(kms);
  for (const wrong of [
    { WrappingAlgorithm: "RSAES_PKCS1_V1_5" },
    { WrappingAlgorithm: "SM2PKE" },
    { WrappingKeySpec: "SM2" },
  ]) {
    const refusal = await kms.refused("GetParametersForImport", { KeyId, ...WRAPPING, ...wrong });
    assert.match(refusal, /^UnsupportedOperationException/);
  }
  const names = ["RSAES_OAEP_SHA_1", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"];
  for (const WrappingAlgorithm of names) {
    await kms.call("GetParametersForImport", { KeyId, ...WRAPPING, WrappingAlgorithm });
  }
});

test("a policy may ask for algorithm and key size; without permission there is no token", async () => {
  const KeyId = await externalKey(kms);
  const asked = { KeyId, ...WRAPPING };
  assert.match(await kms.refused("GetParametersForImport", asked, as("bob")), /^AccessDeniedException/);
  const strict = { "kms:WrappingAlgorithm": "RSAES_OAEP_SHA_256", "kms:WrappingKeySpec": "RSA_3072" };
  const careful = as("ops", allow("kms:*", "*", { Condition: { StringEquals: strict } }));
  assert.match(await kms.refused("GetParametersForImport", asked, careful), /^AccessDeniedException/);
  await kms.call("GetParametersForImport", { ...asked, WrappingKeySpec: "RSA_3072" }, careful);
});

test("the record shows what was asked, and nothing of the token", async () => {
  const KeyId = await externalKey(kms);
  const { request, response } = await kms.recorded("GetParametersForImport", { KeyId, ...WRAPPING });
  assert.deepEqual(request, { keyId: KeyId, wrappingAlgorithm: "RSAES_OAEP_SHA_256", wrappingKeySpec: "RSA_2048" });
  assert.equal(response, null);
});
