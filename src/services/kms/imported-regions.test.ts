import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS } from "../../base/index.js";
import { wrapForImport } from "../../crypto/testing.js";
import { bytesOf, STAYS } from "./test-imports.js";
import { arnOf, inRegion, openTestService, type TestService } from "./testing.js";

// Multi-Region keys with imported material: each Region's owner brings each piece (kms I-18, R-10).

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const [EAST, WEST] = ["us-east-1", "eu-west-1"];
const NEW = { ImportType: "NEW_KEY_MATERIAL" };
const GATHERING = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";

async function orderFor(KeyId: string, value: number, region: string) {
  const asked = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" };
  const { PublicKey, ImportToken } = await kms.call("GetParametersForImport", asked, inRegion(region));
  const EncryptedKeyMaterial = wrapForImport(PublicKey, "RSAES_OAEP_SHA_256", bytesOf(value));
  return { KeyId, ImportToken, EncryptedKeyMaterial, ...STAYS };
}

const bring = async (KeyId: string, value: number, region: string, members: object = {}) =>
  (await kms.call("ImportKeyMaterial", { ...(await orderFor(KeyId, value, region)), ...members }, inRegion(region)))
    .KeyMaterialId;

const refusedAt = async (KeyId: string, value: number, region: string, members: object = {}) =>
  kms.refused("ImportKeyMaterial", { ...(await orderFor(KeyId, value, region)), ...members }, inRegion(region));

const describe = async (KeyId: string, region: string) =>
  (await kms.call("DescribeKey", { KeyId }, inRegion(region))).KeyMetadata;

/** State and import state of every material, oldest first. */
async function materials(KeyId: string, region: string): Promise<string[]> {
  const input = { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" };
  const { Rotations } = await kms.call("ListKeyRotations", input, inRegion(region));
  return Rotations.map(({ KeyMaterialState, ImportState }) => `${KeyMaterialState} ${ImportState}`);
}

async function pair(): Promise<string> {
  const KeyId = await kms.keyId({ MultiRegion: true, Origin: "EXTERNAL" });
  await bring(KeyId, 1, EAST);
  await kms.call("ReplicateKey", { KeyId, ReplicaRegion: WEST });
  return KeyId;
}

test("a replica waits for the very material of its primary, and then opens what the primary sealed", async () => {
  const KeyId = await kms.keyId({ MultiRegion: true, Origin: "EXTERNAL" });
  const pending = `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`;
  assert.equal(await kms.refused("ReplicateKey", { KeyId, ReplicaRegion: WEST }), pending);
  const id = await bring(KeyId, 1, EAST);
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
  await kms.call("ReplicateKey", { KeyId, ReplicaRegion: WEST });
  assert.equal((await describe(KeyId, WEST)).KeyState, "PendingImport");
  assert.equal((await describe(KeyId, WEST)).ExpirationModel, undefined);
  assert.match(await kms.refused("Decrypt", { CiphertextBlob }, inRegion(WEST)), /is pending import\.$/);
  assert.match(await refusedAt(KeyId, 2, WEST), /^IncorrectKeyMaterialException/);
  assert.equal(await bring(KeyId, 1, WEST), id);
  assert.equal((await describe(KeyId, WEST)).KeyState, "Enabled");
  const opened = await kms.call("Decrypt", { CiphertextBlob }, inRegion(WEST));
  assert.equal(Buffer.from(opened.Plaintext).toString(), "x");
});

test("new material and descriptions come to the primary alone, and show at the replica", async () => {
  const KeyId = await pair();
  const unsupported = `UnsupportedOperationException: ${arnOf(KeyId, WEST)} is not a multi-region primary key.`;
  assert.equal(await refusedAt(KeyId, 2, WEST, NEW), unsupported);
  assert.equal(await refusedAt(KeyId, 1, WEST, { KeyMaterialDescription: "mine" }), unsupported);
  await bring(KeyId, 1, WEST);
  await bring(KeyId, 2, EAST, { ...NEW, KeyMaterialDescription: "second" });
  const input = { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" };
  const { Rotations } = await kms.call("ListKeyRotations", input, inRegion(WEST));
  assert.equal(Rotations[1]?.KeyMaterialDescription, "second");
});

test("nobody rotates to new material before every replica has it; then all do at once", async () => {
  const KeyId = await pair();
  await bring(KeyId, 1, WEST);
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("x") });
  await bring(KeyId, 2, EAST, NEW);
  assert.deepEqual(await materials(KeyId, EAST), ["CURRENT IMPORTED", `${GATHERING} IMPORTED`]);
  assert.deepEqual(await materials(KeyId, WEST), ["CURRENT IMPORTED", `${GATHERING} PENDING_IMPORT`]);
  assert.equal((await describe(KeyId, WEST)).KeyState, "Enabled", "it works on with what it has");
  const nothing = `KMSInvalidStateException: No available key material pending rotation for the key: ${arnOf(KeyId)}.`;
  assert.equal(await kms.refused("RotateKeyOnDemand", { KeyId }), nothing);
  await bring(KeyId, 2, WEST);
  for (const region of [EAST, WEST]) {
    assert.deepEqual(await materials(KeyId, region), ["CURRENT IMPORTED", "PENDING_ROTATION IMPORTED"], region);
  }
  await kms.call("RotateKeyOnDemand", { KeyId });
  const [here, there] = [await describe(KeyId, EAST), await describe(KeyId, WEST)];
  assert.equal(there.CurrentKeyMaterialId, here.CurrentKeyMaterialId);
  for (const region of [EAST, WEST]) {
    assert.deepEqual(await materials(KeyId, region), ["NON_CURRENT IMPORTED", "CURRENT IMPORTED"], region);
    await kms.call("Decrypt", { CiphertextBlob }, inRegion(region));
  }
  const fresh = await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("y") }, inRegion(WEST));
  await kms.call("Decrypt", { CiphertextBlob: fresh.CiphertextBlob });
});

test("what the primary gives up while it waits goes from the replicas; what a replica gives up is waited for again", async () => {
  const KeyId = await pair();
  await bring(KeyId, 1, WEST);
  const KeyMaterialId = await bring(KeyId, 2, EAST, NEW);
  await bring(KeyId, 2, WEST);
  await kms.call("DeleteImportedKeyMaterial", { KeyId, KeyMaterialId }, inRegion(WEST));
  assert.deepEqual(await materials(KeyId, EAST), ["CURRENT IMPORTED", `${GATHERING} IMPORTED`]);
  assert.deepEqual(await materials(KeyId, WEST), ["CURRENT IMPORTED", `${GATHERING} PENDING_IMPORT`]);
  await bring(KeyId, 2, WEST);
  await kms.call("DeleteImportedKeyMaterial", { KeyId, KeyMaterialId });
  for (const region of [EAST, WEST]) assert.deepEqual(await materials(KeyId, region), ["CURRENT IMPORTED"], region);
  const gone = kms.keyStore.destroyed.filter(({ id }) => id === KeyMaterialId).map(({ owner }) => owner.region);
  assert.deepEqual(new Set(gone), new Set([EAST, WEST]));
  await bring(KeyId, 3, EAST, NEW);
});

test("each Region's copy has its own end, and its own deletion", async () => {
  const KeyId = await pair();
  const expires = { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: new Date(kms.clock.nowMs() + DAY_MS) };
  await bring(KeyId, 1, WEST, expires);
  assert.equal((await describe(KeyId, EAST)).ExpirationModel, "KEY_MATERIAL_DOES_NOT_EXPIRE");
  kms.clock.advance(DAY_MS);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  assert.equal((await describe(KeyId, WEST)).KeyState, "PendingImport");
  assert.equal((await describe(KeyId, EAST)).KeyState, "Enabled");
  await bring(KeyId, 1, WEST);
  await kms.call("DeleteImportedKeyMaterial", { KeyId });
  assert.equal((await describe(KeyId, EAST)).KeyState, "PendingImport");
  assert.equal((await describe(KeyId, WEST)).KeyState, "Enabled");
});

test("a replica that comes, or goes, changes what the waiting material waits for", async () => {
  const KeyId = await pair();
  await bring(KeyId, 1, WEST);
  await bring(KeyId, 2, EAST, NEW);
  await bring(KeyId, 2, WEST);
  await kms.call("ReplicateKey", { KeyId, ReplicaRegion: "us-west-2" });
  const all = (state: string) => ["CURRENT IMPORTED", `${state} IMPORTED`];
  assert.deepEqual(await materials(KeyId, EAST), all(GATHERING));
  assert.deepEqual(await materials(KeyId, "us-west-2"), ["CURRENT PENDING_IMPORT", `${GATHERING} PENDING_IMPORT`]);
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 }, inRegion("us-west-2"));
  kms.clock.advance(7 * DAY_MS);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  assert.deepEqual(await materials(KeyId, EAST), all("PENDING_ROTATION"));
  await kms.call("RotateKeyOnDemand", { KeyId });
  assert.equal((await describe(KeyId, WEST)).CurrentKeyMaterialId, (await describe(KeyId, EAST)).CurrentKeyMaterialId);
});
