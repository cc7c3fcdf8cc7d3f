import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { StoreFailure } from "../../kms/index.js";
import { CLUSTER, openStoreTestService, type StoreTestService } from "./test-stores.js";

// Keys in custom key stores: what is the same as for other keys, and what is not.

let kms: StoreTestService;
let xksStore: string;
let hsmStore: string;
before(async () => {
  kms = await openStoreTestService();
  xksStore = await kms.newConnectedStore("proxy");
  hsmStore = await kms.newConnectedStore("cluster", CLUSTER);
});
after(() => kms.close());

const Plaintext = Buffer.from("attack at dawn");
const EncryptionContext = { project: "nile" };
const inXks = (XksKeyId: string) => ({ Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId: xksStore, XksKeyId });
const inHsm = () => ({ Origin: "AWS_CLOUDHSM", CustomKeyStoreId: hsmStore });
const refused = async (input: object) => (await kms.refused("CreateKey", input)).split(":")[0];

test("metadata name the store and what is in it", async () => {
  const external = (await kms.call("CreateKey", inXks("described"))).KeyMetadata;
  assert.equal(external.CustomKeyStoreId, xksStore);
  assert.deepEqual(external.XksKeyConfiguration, { Id: "described" });
  assert.equal("CurrentKeyMaterialId" in external, false);
  const hsm = (await kms.call("CreateKey", inHsm())).KeyMetadata;
  assert.equal(hsm.CloudHsmClusterId, CLUSTER.CloudHsmClusterId);
  assert.equal("XksKeyConfiguration" in hsm, false);
});

test("CreateKey refuses what does not belong together, and other states of the store", async () => {
  assert.equal(await refused({ ...inXks("a"), XksKeyId: undefined }), "ValidationException");
  assert.equal(await refused({ ...inHsm(), XksKeyId: "a" }), "ValidationException");
  assert.equal(await refused({ ...inXks("a"), CustomKeyStoreId: undefined }), "ValidationException");
  assert.equal(await refused({ ...inXks("a"), CustomKeyStoreId: hsmStore }), "ValidationException");
  assert.equal(await refused({ ...inXks("a"), MultiRegion: true }), "UnsupportedOperationException");
  const hmac = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" };
  assert.equal(await refused({ ...inHsm(), ...hmac }), "UnsupportedOperationException");
  assert.equal(await refused({ ...inXks("a"), CustomKeyStoreId: "cks-0" }), "CustomKeyStoreNotFoundException");
  const idle = await kms.newStore("idle");
  assert.equal(await refused({ ...inXks("a"), CustomKeyStoreId: idle }), "CustomKeyStoreInvalidStateException");
});

test("an external key serves one KMS key of a store", async () => {
  await kms.keyId(inXks("once"));
  const keys = async () => (await kms.call("ListKeys", {})).Keys.length;
  const before = await keys();
  assert.equal(await refused(inXks("once")), "XksKeyAlreadyInUseException");
  assert.equal(await keys(), before);
  assert.ok(kms.keyStore.destroyed.length > 0, "material of a key that never was is gone");
});

for (const [kind, input] of [
  ["an external key store", () => inXks("round")],
  ["a cluster", inHsm],
] as const) {
  test(`what is encrypted in ${kind} opens there, with its context alone`, async () => {
    const KeyId = await kms.keyId(input());
    const { CiphertextBlob, ...rest } = await kms.call("Encrypt", { KeyId, Plaintext, EncryptionContext });
    assert.equal("KeyMaterialId" in rest, false);
    const opened = await kms.call("Decrypt", { CiphertextBlob, EncryptionContext });
    assert.deepEqual(Buffer.from(opened.Plaintext), Plaintext);
    assert.equal("KeyMaterialId" in opened, false);
    const wrong = { CiphertextBlob, EncryptionContext: { project: "amazon" } };
    assert.match(await kms.refused("Decrypt", wrong), /^KMSInvalidStateException: .*encryption context/);
    const made = await kms.call("GenerateDataKey", { KeyId, NumberOfBytes: 1024 });
    const again = await kms.call("Decrypt", { CiphertextBlob: made.CiphertextBlob });
    assert.deepEqual(Buffer.from(again.Plaintext), Buffer.from(made.Plaintext));
    const blind = await kms.call("GenerateDataKeyWithoutPlaintext", { KeyId, KeySpec: "AES_256" });
    assert.equal((await kms.call("Decrypt", { CiphertextBlob: blind.CiphertextBlob })).Plaintext.length, 32);
    const most = Buffer.alloc(4096, 7);
    const long = await kms.call("Encrypt", { KeyId, Plaintext: most });
    assert.ok(long.CiphertextBlob.length <= 6144);
    assert.deepEqual(Buffer.from((await kms.call("Decrypt", { CiphertextBlob: long.CiphertextBlob })).Plaintext), most);
  });

  test(`re-encryption goes out of ${kind} and into it`, async () => {
    const inside = await kms.keyId(kind.startsWith("an") ? inXks("re") : inHsm());
    const outside = await kms.keyId();
    const first = await kms.call("Encrypt", { KeyId: outside, Plaintext });
    const into = await kms.call("ReEncrypt", { CiphertextBlob: first.CiphertextBlob, DestinationKeyId: inside });
    assert.equal("DestinationKeyMaterialId" in into, false);
    const out = await kms.call("ReEncrypt", {
      CiphertextBlob: into.CiphertextBlob,
      DestinationKeyId: outside,
      DestinationEncryptionContext: EncryptionContext,
    });
    const opened = await kms.call("Decrypt", { CiphertextBlob: out.CiphertextBlob, EncryptionContext });
    assert.deepEqual(Buffer.from(opened.Plaintext), Plaintext);
  });

  test(`a changed bit of a blob of ${kind} is never a plaintext`, async () => {
    const KeyId = await kms.keyId(kind.startsWith("an") ? inXks("bits") : inHsm());
    const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
    for (let byte = 0; byte < CiphertextBlob.length; byte++) {
      const changed = Buffer.from(CiphertextBlob);
      changed[byte]! ^= 1;
      const refusal = await kms.refused("Decrypt", { CiphertextBlob: changed });
      assert.match(refusal, /^(InvalidCiphertext|KMSInvalidState|AccessDenied)Exception/, `byte ${byte}`);
    }
  });
}

test("the inner blob, which the key manager sees, opens nothing alone", async () => {
  const KeyId = await kms.keyId(inXks("inner"));
  const seen: Uint8Array[] = [];
  const spied = kms.keyStore.encrypt;
  Object.assign(kms.keyStore, {
    encrypt: async (...args: Parameters<typeof spied>) => {
      const blob = await spied(...args);
      seen.push(blob);
      return blob;
    },
  });
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext });
  Object.assign(kms.keyStore, { encrypt: spied });
  const [inner = assert.fail("nothing was encrypted")] = seen;
  assert.ok(Buffer.from(CiphertextBlob).length > inner.length);
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob: inner }), "InvalidCiphertextException");
  const elsewhere = { CiphertextBlob: inner, DestinationKeyId: await kms.keyId() };
  assert.equal(await kms.refused("ReEncrypt", elsewhere), "InvalidCiphertextException");
});

test("two KMS keys over one external key open nothing of each other's", async () => {
  const second = await kms.newConnectedStore("second proxy");
  const first = await kms.keyId(inXks("shared"));
  const other = await kms.keyId({ ...inXks("shared"), CustomKeyStoreId: second });
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId: first, Plaintext });
  const theirs = await kms.call("Encrypt", { KeyId: other, Plaintext });
  const headBytes = 76;
  const forged = Buffer.concat([
    Buffer.from(theirs.CiphertextBlob).subarray(0, headBytes),
    Buffer.from(CiphertextBlob).subarray(headBytes),
  ]);
  assert.match(
    await kms.refused("Decrypt", { CiphertextBlob: forged }),
    /^KMSInvalidStateException: .*invalid ciphertext/,
  );
});

test("every failure of the store is KMSInvalidStateException, and the key stays enabled", async () => {
  const KeyId = await kms.keyId(inXks("failing"));
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext });
  kms.xks.failure = new StoreFailure("The external key is not enabled.");
  const text = "KMSInvalidStateException: The external key is not enabled.";
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext }), text);
  assert.equal(await kms.refused("Decrypt", { CiphertextBlob }), text);
  assert.equal(await kms.refused("GenerateDataKey", { KeyId, KeySpec: "AES_256" }), text);
  kms.xks.failure = undefined;
  assert.equal((await kms.call("DescribeKey", { KeyId })).KeyMetadata.KeyState, "Enabled");
});

test("the store learns who asks and for what", async () => {
  const KeyId = await kms.keyId(inXks("named"));
  await kms.call("Encrypt", { KeyId, Plaintext });
  const { use } = kms.xks.asked.at(-1) ?? assert.fail("nobody was asked");
  assert.equal(use.operation, "Encrypt");
  assert.equal(use.principalArn, "arn:aws:iam::111122223333:root");
  assert.match(use.kmsKeyArn ?? "", new RegExp(`key/${KeyId}$`));
});

test("records name the store and the external key", async () => {
  const KeyId = await kms.keyId(inXks("recorded"));
  const { notes } = await kms.recorded("Encrypt", { KeyId, Plaintext });
  assert.deepEqual(notes.additionalEventData, { customKeyStoreId: xksStore, xksKeyId: "recorded" });
  const hsm = await kms.recorded("DescribeKey", { KeyId: await kms.keyId(inHsm()) });
  assert.deepEqual(hsm.notes.additionalEventData, { customKeyStoreId: hsmStore, clusterId: CLUSTER.CloudHsmClusterId });
});

test("rotation is not for such keys, and deletion takes the key out of the token only", async () => {
  const KeyId = await kms.keyId(inHsm());
  for (const name of ["EnableKeyRotation", "RotateKeyOnDemand", "GetKeyRotationStatus", "ListKeyRotations"] as const)
    assert.match(await kms.refused(name, { KeyId }), /^UnsupportedOperationException/, name);
  const external = await kms.keyId(inXks("kept"));
  for (const each of [KeyId, external]) await kms.call("ScheduleKeyDeletion", { KeyId: each, PendingWindowInDays: 7 });
  kms.clock.advance(7 * 24 * 3600 * 1000);
  await kms.kms.workers.find(({ name }) => name === "kms-deletion")?.run(kms.clock.now());
  assert.deepEqual(kms.hsm.destroyed, [`hsm-${KeyId}`]);
  assert.match(await kms.refused("DescribeKey", { KeyId }), /^NotFoundException/);
});

test("random bytes come from a token, never from a proxy", async () => {
  const random = { NumberOfBytes: 24 };
  assert.equal((await kms.call("GenerateRandom", { ...random, CustomKeyStoreId: hsmStore })).Plaintext.length, 24);
  const input = { ...random, CustomKeyStoreId: xksStore };
  assert.match(await kms.refused("GenerateRandom", input), /^UnsupportedOperationException/);
});
