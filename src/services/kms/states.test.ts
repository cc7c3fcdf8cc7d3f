import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { addDays } from "../../base/index.js";
import type { NamesOf } from "../../kit/index.js";
import { type Key, keyRows, storeRows } from "../../kms/index.js";
import type { WriteTx } from "../../store/index.js";
import { bytesOf, externalKey, STAYS, wrapped } from "./test-imports.js";
import { arnOf, openTestService, type TestService } from "./testing.js";

// The table of states and operations (kms section 2), for the operations that are written. Each cell is one test.

type State = Key["state"];
const STATES = [
  "Enabled",
  "Disabled",
  "PendingDeletion",
  "PendingReplicaDeletion",
  "PendingImport",
  "Unavailable",
  "Creating",
  "Updating",
] as const satisfies readonly State[];

/** A state that keys of this kind cannot be in: custom key stores hold symmetric encryption keys alone. */
const NEVER = "-";

/** What a cell's letter means; undefined: the call is answered. */
const OUTCOMES: Readonly<Record<string, ((arn: string) => string) | undefined>> = {
  ok: undefined,
  d: (arn) => `DisabledException: ${arn} is disabled.`,
  p: (arn) => `KMSInvalidStateException: ${arn} is pending deletion.`,
  pr: (arn) => `KMSInvalidStateException: ${arn} is pending replica deletion.`,
  i: (arn) => `KMSInvalidStateException: ${arn} is pending import.`,
  u: (arn) => `KMSInvalidStateException: ${arn} is unavailable.`,
  c: (arn) => `KMSInvalidStateException: ${arn} is creating.`,
  g: (arn) => `KMSInvalidStateException: ${arn} is updating.`,
  np: (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
  x6: (arn) => `UnsupportedOperationException: ${arn} origin is EXTERNAL which is not valid for this operation.`,
  x7: (arn) => `UnsupportedOperationException: ${arn} origin is AWS_CLOUDHSM which is not valid for this operation.`,
};

const CRYPTO = "ok d p pr i u c ok";
const PAIR_CRYPTO = "ok d p pr i - c ok";
const LOOK = "ok ok ok ok ok ok ok ok";
const EDIT = "ok ok p pr ok ok ok ok";

const TABLE: Partial<Record<NamesOf<typeof import("@aws-sdk/client-kms")>, string>> = {
  CancelKeyDeletion: "np np ok ok np np np np",
  CreateAlias: EDIT,
  CreateGrant: "ok d p pr i ok c ok",
  Encrypt: CRYPTO,
  Decrypt: CRYPTO,
  ReEncrypt: CRYPTO,
  GenerateDataKey: CRYPTO,
  GenerateDataKeyWithoutPlaintext: CRYPTO,
  GenerateDataKeyPair: CRYPTO,
  GenerateDataKeyPairWithoutPlaintext: CRYPTO,
  Sign: PAIR_CRYPTO,
  Verify: PAIR_CRYPTO,
  GenerateMac: PAIR_CRYPTO,
  VerifyMac: PAIR_CRYPTO,
  DeriveSharedSecret: PAIR_CRYPTO,
  Encapsulate: PAIR_CRYPTO,
  Decapsulate: PAIR_CRYPTO,
  GetPublicKey: "ok ok p pr i - c ok",
  DeleteAlias: LOOK,
  DescribeKey: LOOK,
  GetKeyLastUsage: LOOK,
  DisableKey: "ok ok p pr i ok c g",
  EnableKey: "ok ok p pr i ok c g",
  EnableKeyRotation: "ok d p pr x6 x7 c ok",
  DisableKeyRotation: "ok d p pr x6 x7 c ok",
  GetKeyRotationStatus: "ok ok ok ok x6 x7 ok ok",
  ListKeyRotations: "ok ok ok ok ok x7 ok ok",
  GetParametersForImport: "ok ok p pr ok x7 c g",
  ImportKeyMaterial: "ok ok p pr ok x7 c ok",
  DeleteImportedKeyMaterial: "ok ok ok ok ok x7 c g",
  RotateKeyOnDemand: "ok d p pr i x7 c ok",
  GetKeyPolicy: LOOK,
  PutKeyPolicy: LOOK,
  ListKeyPolicies: LOOK,
  ListAliases: LOOK,
  ListGrants: LOOK,
  ListResourceTags: LOOK,
  // No key of a custom store is a multi-Region key, so `u` is never seen.
  ReplicateKey: "ok d p pr i u c g",
  UpdatePrimaryRegion: "ok d p pr i u c ok",
  RetireGrant: LOOK,
  RevokeGrant: LOOK,
  ScheduleKeyDeletion: "ok ok p pr ok ok ok g",
  TagResource: EDIT,
  UntagResource: EDIT,
  UpdateKeyDescription: EDIT,
  UpdateAlias: EDIT,
};

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

for (const [name, row] of Object.entries(TABLE)) {
  for (const [at, state] of STATES.entries()) {
    const letter = row.split(" ")[at] ?? "";
    if (letter === NEVER) continue;
    test(`${name} in state ${state}: ${letter}`, () => checkCell(name as keyof typeof TABLE, state, letter));
  }
}

async function checkCell(name: keyof typeof TABLE, state: State, letter: string): Promise<void> {
  const { id, members } = await prepared(name, state);
  await answered(name, id, members, letter);
}

async function answered(name: keyof typeof TABLE, id: string, members: object, letter: string): Promise<void> {
  assert.ok(letter in OUTCOMES, letter);
  const refusal = OUTCOMES[letter]?.(arnOf(id));
  if (refusal === undefined) await kms.call(name, members);
  else assert.equal(await kms.refused(name, members), refusal);
}

const RSA = { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" };
const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";

test("an RSA encryption key is refused in the same states and words as a symmetric one", async () => {
  const KeyId = await kms.keyId(RSA);
  const sealed = await kms.call("Encrypt", { KeyId, Plaintext: TEXT, EncryptionAlgorithm });
  const { CiphertextBlob } = sealed;
  const moved = { SourceEncryptionAlgorithm: EncryptionAlgorithm, DestinationEncryptionAlgorithm: EncryptionAlgorithm };
  for (const [at, state] of STATES.entries()) {
    const letter = PAIR_CRYPTO.split(" ")[at] ?? "";
    if (letter === NEVER) continue;
    const restore = await bring(KeyId, state, "AWS_KMS");
    await answered("Encrypt", KeyId, { KeyId, Plaintext: TEXT, EncryptionAlgorithm }, letter);
    await answered("Decrypt", KeyId, { KeyId, CiphertextBlob, EncryptionAlgorithm }, letter);
    const input = { CiphertextBlob, SourceKeyId: KeyId, DestinationKeyId: KeyId, ...moved };
    await answered("ReEncrypt", KeyId, input, letter);
    await restore();
  }
});

let serial = 0;

const MULTI_REGION = { MultiRegion: true };
const SIGNER = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" };
const HMAC = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" };
const AGREEMENT = { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" };
const KEM = { KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" };

/** The key that the operation is for; a symmetric encryption key where nothing is said. */
const KEYS: Partial<Record<keyof typeof TABLE, object>> = {
  Sign: SIGNER,
  Verify: SIGNER,
  GenerateMac: HMAC,
  VerifyMac: HMAC,
  DeriveSharedSecret: AGREEMENT,
  Encapsulate: KEM,
  Decapsulate: KEM,
  GetPublicKey: AGREEMENT,
  ReplicateKey: MULTI_REGION,
  UpdatePrimaryRegion: MULTI_REGION,
};

const TEXT = Buffer.from("x");
const SIGNED = { Message: TEXT, SigningAlgorithm: "ECDSA_SHA_256" };
const TAGGED = { Message: TEXT, MacAlgorithm: "HMAC_SHA_256" };
const ENCAPSULATED = { EncapsulationAlgorithm: "ML_KEM" };
const PEER = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey.export({ type: "spki", format: "der" });

/** What the operation opens or checks, made while the key could still be used. */
async function madeBefore(name: keyof typeof TABLE, KeyId: string): Promise<object> {
  if (name === "Decrypt" || name === "ReEncrypt") {
    return { CiphertextBlob: (await kms.call("Encrypt", { KeyId, Plaintext: TEXT })).CiphertextBlob };
  }
  if (name === "Verify") return { Signature: (await kms.call("Sign", { KeyId, ...SIGNED })).Signature };
  if (name === "VerifyMac") return { Mac: (await kms.call("GenerateMac", { KeyId, ...TAGGED })).Mac };
  if (name !== "Decapsulate") return {};
  const { SharedSecretCiphertextBlob } = await kms.call("Encapsulate", { KeyId, ...ENCAPSULATED });
  return { SharedSecretCiphertextBlob };
}

/** A key brought into the state, with whatever the operation wants to find there. */
async function prepared(name: keyof typeof TABLE, state: State): Promise<{ id: string; members: object }> {
  serial += 1;
  const AliasName = `alias/state-${serial}`;
  const isImport = name.includes("Import");
  const KeyId = isImport ? await externalKey(kms) : await kms.keyId(KEYS[name]);
  if (name === "UpdatePrimaryRegion") await kms.call("ReplicateKey", { KeyId, ReplicaRegion: "eu-west-1" });
  const imported = isImport ? { ...(await wrapped(kms, KeyId, bytesOf(1))), ...STAYS } : {};
  if (isImport) await kms.call("ImportKeyMaterial", imported);
  const Policy = name === "PutKeyPolicy" ? (await kms.call("GetKeyPolicy", { KeyId })).Policy : "";
  const needsAlias = name === "DeleteAlias" || name === "UpdateAlias";
  // UpdateAlias asks about the key that the alias is to name; it comes from another.
  const first = name === "UpdateAlias" ? await kms.keyId() : KeyId;
  if (needsAlias) await kms.call("CreateAlias", { AliasName, TargetKeyId: first });
  const grant = { KeyId, GranteePrincipal: "arn:aws:iam::111122223333:root", Operations: ["Encrypt"] };
  const needsGrant = name === "RevokeGrant" || name === "RetireGrant";
  const GrantId = needsGrant ? (await kms.call("CreateGrant", grant)).GrantId : "";
  const made = await madeBefore(name, KeyId);
  await bring(KeyId, state, isImport ? "EXTERNAL" : "AWS_KMS");
  const members: Record<string, object> = {
    CreateAlias: { AliasName, TargetKeyId: KeyId },
    UpdateAlias: { AliasName, TargetKeyId: KeyId },
    DeleteAlias: { AliasName },
    CreateGrant: grant,
    RevokeGrant: { KeyId, GrantId },
    RetireGrant: { KeyId, GrantId },
    Encrypt: { KeyId, Plaintext: TEXT },
    Decrypt: made,
    ReEncrypt: { ...made, DestinationKeyId: KeyId },
    Sign: { KeyId, ...SIGNED },
    Verify: { KeyId, ...SIGNED, ...made },
    GenerateMac: { KeyId, ...TAGGED },
    VerifyMac: { KeyId, ...TAGGED, ...made },
    DeriveSharedSecret: { KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: PEER },
    Encapsulate: { KeyId, ...ENCAPSULATED },
    Decapsulate: { KeyId, ...ENCAPSULATED, ...made },
    GenerateDataKeyPair: { KeyId, KeyPairSpec: "ECC_NIST_P256" },
    GenerateDataKeyPairWithoutPlaintext: { KeyId, KeyPairSpec: "ECC_NIST_P256" },
    GenerateDataKey: { KeyId, KeySpec: "AES_256" },
    GenerateDataKeyWithoutPlaintext: { KeyId, KeySpec: "AES_256" },
    PutKeyPolicy: { KeyId, Policy },
    TagResource: { KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] },
    UntagResource: { KeyId, TagKeys: ["a"] },
    ImportKeyMaterial: imported,
    GetParametersForImport: { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_1", WrappingKeySpec: "RSA_2048" },
    UpdateKeyDescription: { KeyId, Description: "d" },
    ReplicateKey: { KeyId, ReplicaRegion: "eu-west-1" },
    UpdatePrimaryRegion: { KeyId, PrimaryRegion: "eu-west-1" },
  };
  return { id: KeyId, members: members[name] ?? { KeyId } };
}

/**
 * States that only imported, replicated and custom-store keys reach are written as their operations would. Returns
 * what brings the key back.
 */
async function bring(id: string, state: State, usual: Key["origin"]): Promise<() => Promise<void>> {
  return kms.database.write(async (tx) => {
    const ref = { account: "111122223333", region: "us-east-1", id } as Key; // of a key that was just made
    const stored = (await keyRows.findKey(tx, ref)) ?? assert.fail("the key was made");
    const { key } = stored;
    assert.ok(key.state === "Enabled");
    await keyRows.updateKey(tx, inState(key, state, kms.clock.now()));
    // The origin never changes in a key's life, so the rows have no function for it.
    const origin = state === "PendingImport" ? "EXTERNAL" : state === "Unavailable" ? "AWS_CLOUDHSM" : usual;
    await tx.run("UPDATE kms_keys SET origin = ? WHERE id = ? AND region = ?", origin, id, ref.region);
    if (state === "Unavailable") await putInDisconnectedStore(tx, key);
    return () => kms.database.write((again) => keyRows.updateKey(again, key));
  });
}

/** Keys are unavailable for no other reason than their store. */
async function putInDisconnectedStore(tx: WriteTx, key: Key): Promise<void> {
  const { account, region } = key;
  const place = { account, region, id: "cks-1" };
  const now = kms.clock.now();
  await storeRows.putStore(tx, {
    ...place,
    name: "store",
    createdAt: now,
    state: "DISCONNECTED",
    stateSince: now,
    version: 1,
    facts: { ...place, type: "AWS_CLOUDHSM", clusterId: "cluster-1a23b4cdefg", trustAnchor: "" },
    sealedSecret: Buffer.from("sealed"),
  });
  await tx.run("UPDATE kms_keys SET custom_store = 'cks-1', external_key = id WHERE id = ?", key.id);
}

function inState(key: Key & { state: "Enabled" }, state: State, now: Date): Key {
  const { material, state: _old, ...facts } = key;
  if (state === "PendingDeletion") return { ...facts, state, material, deletionAt: addDays(now, 30) };
  if (state === "PendingReplicaDeletion") return { ...facts, state, material, windowDays: 30 };
  if (state === "Unavailable") return key;
  if (state === "PendingImport") return { ...facts, state, material: undefined };
  if (state === "Creating") return { ...facts, state };
  return { ...facts, state, material };
}
