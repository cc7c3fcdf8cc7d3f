import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addDays, DAY_MS } from "../../../base/index.js";
import { bytesOf, externalKey, importInto, refusedImport, STAYS, wrapped } from "../test-imports.js";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const INCORRECT = "IncorrectKeyMaterialException: The key material is not the one that the KMS key expects.";
const NEW = { ...STAYS, ImportType: "NEW_KEY_MATERIAL" };
const EXISTING = { ...STAYS, ImportType: "EXISTING_KEY_MATERIAL" };

const describe = async (KeyId: string) => (await kms.call("DescribeKey", { KeyId })).KeyMetadata;
const encrypt = async (KeyId: string) =>
  (await kms.call("Encrypt", { KeyId, Plaintext: Buffer.from("text") })).CiphertextBlob;
const all = async (KeyId: string) =>
  (await kms.call("ListKeyRotations", { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })).Rotations;

test("a key waits for its material, takes it and works; the id is the same whenever the bytes are", async () => {
  const KeyId = await externalKey(kms);
  const waiting = await describe(KeyId);
  assert.deepEqual([waiting.KeyState, waiting.Enabled, waiting.Origin], ["PendingImport", false, "EXTERNAL"]);
  assert.ok(!("CurrentKeyMaterialId" in waiting) && !("ExpirationModel" in waiting) && !("ValidTo" in waiting));
  const pending = `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`;
  assert.equal(await kms.refused("Encrypt", { KeyId, Plaintext: Buffer.from("x") }), pending);
  const id = await importInto(kms, KeyId, bytesOf(1));
  assert.match(id, /^[0-9a-f]{64}$/);
  const ready = await describe(KeyId);
  assert.deepEqual(
    [ready.KeyState, ready.Enabled, ready.CurrentKeyMaterialId, ready.ExpirationModel, "ValidTo" in ready],
    ["Enabled", true, id, "KEY_MATERIAL_DOES_NOT_EXPIRE", false],
  );
  const { Plaintext, KeyMaterialId } = await kms.call("Decrypt", { CiphertextBlob: await encrypt(KeyId) });
  assert.deepEqual([String(Plaintext), KeyMaterialId], ["text", id]);
  assert.equal(await importInto(kms, KeyId, bytesOf(1)), id);
  assert.notEqual(await importInto(kms, await externalKey(kms), bytesOf(1)), id);
});

test("expiry must be said, lie ahead, and at most a year away", async () => {
  const KeyId = await externalKey(kms);
  const missing = "ValidationException: A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES";
  assert.equal(await refusedImport(kms, KeyId, bytesOf(1), {}), missing);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(1), { ExpirationModel: "KEY_MATERIAL_EXPIRES" }), missing);
  const now = kms.clock.now();
  for (const wrong of [
    { ...STAYS, ValidTo: addDays(now, 1) },
    { ValidTo: now },
    { ValidTo: addDays(now, -1) },
    { ValidTo: new Date(addDays(now, 365).getTime() + 1000) },
  ]) {
    assert.match(await refusedImport(kms, KeyId, bytesOf(1), wrong), /^ValidationException/);
  }
  const ValidTo = addDays(now, 365);
  await importInto(kms, KeyId, bytesOf(1), { ValidTo });
  const { ExpirationModel, ValidTo: shown } = await describe(KeyId);
  assert.deepEqual([ExpirationModel, shown], ["KEY_MATERIAL_EXPIRES", ValidTo]);
});

test("a token is its key's own, for a day; what does not unwrap or has not 32 bytes is refused", async () => {
  const [KeyId, other] = [await externalKey(kms), await externalKey(kms)];
  const input = { ...(await wrapped(kms, KeyId, bytesOf(1))), ...STAYS };
  const refused = (members: object) => kms.refused("ImportKeyMaterial", { ...input, ...members });
  assert.match(await refused({ KeyId: other }), /^InvalidImportTokenException/);
  assert.match(await refused({ ImportToken: Buffer.from("garbage") }), /^InvalidImportTokenException/);
  assert.equal(await refused({ EncryptedKeyMaterial: Buffer.alloc(256, 1) }), "InvalidCiphertextException");
  assert.equal(await refusedImport(kms, KeyId, Buffer.alloc(31, 1)), INCORRECT);
  await kms.call("ImportKeyMaterial", input);
  await kms.call("ImportKeyMaterial", input);
  kms.clock.advance(DAY_MS);
  assert.match(await refused({}), /^ExpiredImportTokenException/);
});

test("every wrapping algorithm works on symmetric material", async () => {
  const names = [
    "RSAES_OAEP_SHA_1",
    "RSAES_OAEP_SHA_256",
    "RSA_AES_KEY_WRAP_SHA_1",
    "RSA_AES_KEY_WRAP_SHA_256",
  ] as const;
  for (const name of names) {
    const KeyId = await externalKey(kms);
    await kms.call("ImportKeyMaterial", { ...(await wrapped(kms, KeyId, bytesOf(1), name)), ...STAYS });
    assert.equal((await describe(KeyId)).KeyState, "Enabled", name);
  }
});

test("after the first import only the same bytes come in, unless they are said to be new", async () => {
  const KeyId = await externalKey(kms);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(1), EXISTING), INCORRECT);
  const first = await importInto(kms, KeyId, bytesOf(1), NEW);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(2)), INCORRECT);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(1), NEW), INCORRECT);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(2), EXISTING), INCORRECT);
  const named = { ...EXISTING, KeyMaterialId: first };
  assert.equal(await importInto(kms, KeyId, bytesOf(1), named), first);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(2), named), INCORRECT);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(1), { ...named, KeyMaterialId: "0".repeat(64) }), INCORRECT);
  assert.match(await refusedImport(kms, KeyId, bytesOf(2), { ...NEW, KeyMaterialId: first }), /^ValidationException/);
});

test("new material waits for its rotation, one at a time, and the key goes on with the current one", async () => {
  const KeyId = await externalKey(kms);
  const first = await importInto(kms, KeyId, bytesOf(1));
  const second = await importInto(kms, KeyId, bytesOf(2), { ...NEW, KeyMaterialDescription: "the next" });
  assert.equal((await describe(KeyId)).CurrentKeyMaterialId, first);
  assert.deepEqual(
    (await all(KeyId)).map((each) => [each.KeyMaterialId, each.KeyMaterialState, each.KeyMaterialDescription]),
    [
      [first, "CURRENT", undefined],
      [second, "PENDING_ROTATION", "the next"],
    ],
  );
  const refusal = await refusedImport(kms, KeyId, bytesOf(3), NEW);
  const third = refusal.match(/New key material \(id: ([0-9a-f]{64})\)/)?.[1] ?? "";
  assert.equal(
    refusal,
    `KMSInvalidStateException: New key material (id: ${third}) cannot be imported into KMS key ${arnOf(KeyId)}, because another key material (id: ${second}) is pending rotation.`,
  );
  assert.equal(new Set([first, second, third]).size, 3);
  assert.equal(await refusedImport(kms, KeyId, bytesOf(2), NEW), INCORRECT);
  assert.equal(await importInto(kms, KeyId, bytesOf(2), STAYS), second, "it may come again as existing");
  const listed = await kms.keyStore.listMaterials();
  assert.ok(!listed.some(({ id }) => id === third), "what was refused was not taken in");
});

test("coming again replaces the expiry, and keeps the description unless there is a new one", async () => {
  const KeyId = await externalKey(kms);
  const [near, far] = [addDays(kms.clock.now(), 10), addDays(kms.clock.now(), 20)];
  await importInto(kms, KeyId, bytesOf(1), { ValidTo: near, KeyMaterialDescription: "first" });
  await importInto(kms, KeyId, bytesOf(1), { ValidTo: far });
  assert.deepEqual((await describe(KeyId)).ValidTo, far);
  assert.deepEqual((await all(KeyId))[0]?.KeyMaterialDescription, "first");
  await importInto(kms, KeyId, bytesOf(1), { ...STAYS, KeyMaterialDescription: "second" });
  const [entry] = await all(KeyId);
  assert.deepEqual(
    [entry?.KeyMaterialDescription, entry?.ExpirationModel, entry && "ValidTo" in entry],
    ["second", "KEY_MATERIAL_DOES_NOT_EXPIRE", false],
  );
  kms.clock.advance(11 * DAY_MS);
  await encrypt(KeyId);
});

test("a policy may ask for an expiry; without permission nothing comes in", async () => {
  const KeyId = await externalKey(kms);
  assert.match(await refusedImport(kms, KeyId, bytesOf(1), STAYS, as("bob")), /^AccessDeniedException/);
  const Condition = {
    StringEquals: { "kms:ExpirationModel": "KEY_MATERIAL_EXPIRES" },
    NumericLessThanEquals: { "kms:ValidTo": String(addDays(kms.clock.now(), 30).getTime() / 1000) },
  };
  const careful = as("ops", allow("kms:*", "*", { Condition }));
  const model = { ExpirationModel: "KEY_MATERIAL_EXPIRES" };
  const late = { ...model, ValidTo: addDays(kms.clock.now(), 31) };
  const soon = addDays(kms.clock.now(), 30);
  for (const members of [STAYS, late, { ValidTo: soon }]) {
    assert.match(await refusedImport(kms, KeyId, bytesOf(1), members, careful), /^AccessDeniedException/);
  }
  await importInto(kms, KeyId, bytesOf(1), { ...model, ValidTo: soon }, careful);
});

test("the record names key and material and holds neither token nor bytes; dates are text", async () => {
  const KeyId = await externalKey(kms);
  const ValidTo = addDays(kms.clock.now(), 1);
  const { request, response } = await kms.recorded("ImportKeyMaterial", {
    ...(await wrapped(kms, KeyId, bytesOf(1))),
    ValidTo,
  });
  assert.deepEqual(Object.keys(request ?? {}), ["keyId", "validTo"]);
  assert.match(String(request?.["validTo"]), /^[A-Z][a-z]{2} \d+, \d{4}, /);
  const { CurrentKeyMaterialId: keyMaterialId } = await describe(KeyId);
  assert.deepEqual(response, { keyId: arnOf(KeyId), keyMaterialId });
});
