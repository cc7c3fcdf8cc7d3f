import assert from "node:assert/strict";
import { createPublicKey, randomBytes, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ImportKeyMaterialCommand,
  type ImportKeyMaterialCommandInput,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
  SignCommand,
  type WrappingKeySpec,
} from "@aws-sdk/client-kms";
import { type Clients, clientsOf, hasProgram, runProgram } from "../harness/clients.js";
import { codeOf, errorOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const hasOpenssl = await hasProgram("openssl");
const hasCryptography =
  (await runProgram("python3", ["-c", "import cryptography"]).catch(() => ({ code: 1 }))).code === 0;
const withOpenssl = { skip: hasOpenssl ? false : "openssl is not installed" };
const withPython = { skip: hasCryptography ? false : "python3 with cryptography is not installed" };

let server: Server;
let root: Clients;
const folder = newFolder("claims-imports");

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  root = clientsOf(server);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function externalKey(input: CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await root.kms.send(new CreateKeyCommand({ ...input, Origin: "EXTERNAL" }));
  assert.equal(KeyMetadata?.KeyState, "PendingImport");
  return KeyMetadata?.Arn ?? "";
}

const file = (name: string) => join(folder, name);

/** RSAES-OAEP by the openssl program, for the symmetric bytes in a file. */
async function wrapWithOpenssl(publicKey: Uint8Array, material: Uint8Array): Promise<Buffer> {
  writeFileSync(file("public.der"), publicKey);
  writeFileSync(file("material"), material);
  const padding = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"];
  const done = await runProgram("openssl", [
    ...["pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", file("public.der")],
    ...padding.flatMap((each) => ["-pkeyopt", each]),
    ...["-in", file("material"), "-out", file("wrapped")],
  ]);
  assert.equal(done.code, 0, done.stderr);
  return readFileSync(file("wrapped"));
}

async function importWithOpenssl(
  KeyId: string,
  material: Uint8Array,
  members: Partial<ImportKeyMaterialCommandInput> = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" },
  WrappingKeySpec: WrappingKeySpec = "RSA_2048",
) {
  const asked = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec } as const;
  const { ImportToken, PublicKey } = await root.kms.send(new GetParametersForImportCommand(asked));
  const EncryptedKeyMaterial = await wrapWithOpenssl(PublicKey ?? new Uint8Array(), material);
  return root.kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ...members }));
}

const encrypt = async (KeyId: string): Promise<Uint8Array> =>
  (await root.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("text") }))).CiphertextBlob ??
  new Uint8Array();

const decrypt = async (CiphertextBlob: Uint8Array, clients = root): Promise<string> =>
  Buffer.from((await clients.kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext ?? []).toString();

const stateOf = async (KeyId: string) => (await root.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;

/** Stops the server and starts it again on the same data, with its clock moved on. */
async function restartLater(days: number): Promise<void> {
  await server.stop();
  server = await startServer({ dataFolder: server.dataFolder, flags: ["--clock-offset", String(days * 24 * 3600)] });
  root = clientsOf(server, { clockOffsetMs: days * 24 * 3600 * 1000 });
}

test(
  "K6: a key's own material is wrapped by openssl, imported, used, deleted, and brought again",
  withOpenssl,
  async () => {
    const KeyId = await externalKey();
    const material = randomBytes(32);
    const { KeyMaterialId } = await importWithOpenssl(KeyId, material, undefined, "RSA_4096");
    const blob = await encrypt(KeyId);
    assert.equal(await decrypt(blob), "text");
    await root.kms.send(new DeleteImportedKeyMaterialCommand({ KeyId }));
    assert.equal(await stateOf(KeyId), "PendingImport");
    const refused = await errorOf(decrypt(blob));
    assert.equal(`${refused?.name}: ${refused?.message}`, `KMSInvalidStateException: ${KeyId} is pending import.`);
    assert.equal(await codeOf(importWithOpenssl(KeyId, randomBytes(32))), "IncorrectKeyMaterialException");
    assert.equal((await importWithOpenssl(KeyId, material)).KeyMaterialId, KeyMaterialId);
    assert.equal(await decrypt(blob), "text");
  },
);

test("K6: the same bytes in another key open nothing of the first", withOpenssl, async () => {
  const material = randomBytes(32);
  const [one, other] = [await externalKey(), await externalKey()];
  await importWithOpenssl(one, material);
  await importWithOpenssl(other, material);
  const CiphertextBlob = await encrypt(one);
  const asked = new DecryptCommand({ CiphertextBlob, KeyId: other });
  assert.equal(await codeOf(root.kms.send(asked)), "IncorrectKeyException");
  await root.kms.send(new DeleteImportedKeyMaterialCommand({ KeyId: one }));
  assert.equal(await codeOf(decrypt(CiphertextBlob)), "KMSInvalidStateException");
});

test(
  "K6: material expires at its moment on every worker, says so in the trail, and comes back",
  withOpenssl,
  async () => {
    const KeyId = await externalKey();
    const material = randomBytes(32);
    const ValidTo = new Date(Date.now() + 4000);
    await importWithOpenssl(KeyId, material, { ValidTo });
    const blob = await encrypt(KeyId);
    assert.equal(
      (await root.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.ExpirationModel,
      "KEY_MATERIAL_EXPIRES",
    );
    // Every worker has used the key, so every one remembers it as usable.
    const everyone = Array.from({ length: 16 }, () => clientsOf(server));
    assert.deepEqual(new Set(await Promise.all(everyone.map((each) => decrypt(blob, each)))), new Set(["text"]));
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ValidTo.getTime() - Date.now())));
    const refusals = await Promise.all(everyone.map((each) => codeOf(decrypt(blob, each))));
    assert.deepEqual(new Set(refusals), new Set(["KMSInvalidStateException"]));
    const byName = { AttributeKey: "EventName", AttributeValue: "DeleteExpiredKeyMaterial" } as const;
    const { Events } = await root.cloudtrail.send(new LookupEventsCommand({ LookupAttributes: [byName] }));
    const told = Events?.filter(({ CloudTrailEvent }) => CloudTrailEvent?.includes(KeyId));
    assert.equal(told?.length, 1);
    await importWithOpenssl(KeyId, material);
    assert.equal(await decrypt(blob), "text");
  },
);

test("K6: material with an end months away ends then; import tokens end after a day", withOpenssl, async () => {
  const KeyId = await externalKey();
  const material = randomBytes(32);
  await importWithOpenssl(KeyId, material, { ValidTo: new Date(Date.now() + 100 * 24 * 3600 * 1000) });
  const blob = await encrypt(KeyId);
  const asked = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" } as const;
  const { ImportToken, PublicKey } = await root.kms.send(new GetParametersForImportCommand(asked));
  const EncryptedKeyMaterial = await wrapWithOpenssl(PublicKey ?? new Uint8Array(), material);
  await restartLater(99);
  assert.equal(await decrypt(blob), "text");
  const late = { KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" } as const;
  assert.equal(await codeOf(root.kms.send(new ImportKeyMaterialCommand(late))), "ExpiredImportTokenException");
  await restartLater(101);
  assert.equal(await codeOf(decrypt(blob)), "KMSInvalidStateException");
  assert.equal(await stateOf(KeyId), "PendingImport");
  await importWithOpenssl(KeyId, material);
  assert.equal(await decrypt(blob), "text");
  await restartLater(0);
});

test(
  "K9: an imported key rotates on demand to new material of its owner's; old ciphertext opens",
  withOpenssl,
  async () => {
    const KeyId = await externalKey();
    const material = randomBytes(32);
    await importWithOpenssl(KeyId, material);
    const old = await encrypt(KeyId);
    assert.equal(await codeOf(root.kms.send(new RotateKeyOnDemandCommand({ KeyId }))), "KMSInvalidStateException");
    const stays = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE", ImportType: "NEW_KEY_MATERIAL" } as const;
    await importWithOpenssl(KeyId, randomBytes(32), stays);
    assert.equal((await root.kms.send(new RotateKeyOnDemandCommand({ KeyId }))).KeyId, KeyId);
    const asked = new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" });
    const { Rotations } = await root.kms.send(asked);
    assert.deepEqual(
      Rotations?.map((each) => [each.KeyMaterialState, each.ImportState, each.RotationType]),
      [
        ["NON_CURRENT", "IMPORTED", undefined],
        ["CURRENT", "IMPORTED", "ON_DEMAND"],
      ],
    );
    assert.deepEqual([await decrypt(old), await decrypt(await encrypt(KeyId))], ["text", "text"]);
  },
);

test("K6: an RSA key made by openssl and wrapped by Python's cryptography signs here", {
  skip: withOpenssl.skip || withPython.skip,
}, async () => {
  const KeyId = await externalKey({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
  const made = await runProgram("openssl", [
    ...["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    ...["-outform", "DER", "-out", file("pkcs1.der")],
  ]);
  assert.equal(made.code, 0, made.stderr);
  const turned = await runProgram("openssl", [
    ...["pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-in", file("pkcs1.der")],
    ...["-outform", "DER", "-out", file("private.der")],
  ]);
  assert.equal(turned.code, 0, turned.stderr);
  const asked = { KeyId, WrappingAlgorithm: "RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec: "RSA_3072" } as const;
  const { ImportToken, PublicKey } = await root.kms.send(new GetParametersForImportCommand(asked));
  writeFileSync(file("wrapping.der"), PublicKey ?? new Uint8Array());
  const script = join(process.cwd(), "test", "claims", "wrap_key.py");
  const bring = async (name: string) => {
    const wrap = await runProgram("python3", [script, file("wrapping.der"), file(name), file("wrapped")]);
    assert.equal(wrap.code, 0, wrap.stderr);
    const EncryptedKeyMaterial = readFileSync(file("wrapped"));
    const ExpirationModel = "KEY_MATERIAL_DOES_NOT_EXPIRE";
    return root.kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel }));
  };
  // The program writes PKCS #1 unless it is told otherwise; KMS takes PKCS #8 alone.
  assert.equal(await codeOf(bring("pkcs1.der")), "IncorrectKeyMaterialException");
  await bring("private.der");
  const Message = Buffer.from("signed by an imported key");
  const SigningAlgorithm = "RSASSA_PKCS1_V1_5_SHA_256";
  const { Signature } = await root.kms.send(new SignCommand({ KeyId, Message, SigningAlgorithm }));
  const ours = await root.kms.send(new GetPublicKeyCommand({ KeyId }));
  const spki = await runProgram("openssl", [
    ...["pkey", "-inform", "DER", "-in", file("private.der"), "-pubout", "-outform", "DER", "-out", file("spki.der")],
  ]);
  assert.equal(spki.code, 0, spki.stderr);
  assert.ok(readFileSync(file("spki.der")).equals(ours.PublicKey ?? new Uint8Array()));
  const key = createPublicKey({ key: readFileSync(file("spki.der")), format: "der", type: "spki" });
  assert.ok(verify("sha256", Message, key, Signature ?? new Uint8Array()));
});
