import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import {
  AwsKmsMrkAwareSymmetricKeyringNode,
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
} from "@aws-crypto/client-node";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMS,
  RotateKeyOnDemandCommand,
} from "@aws-sdk/client-kms";
import { type Clients, clientsOf } from "../harness/clients.js";
import { type Server, startServer } from "../harness/server.js";

// The AWS Encryption SDK for JavaScript: envelope encryption on the client, with keyrings over this KMS.

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const CONTEXT = { purpose: "letters", team: "blue" };
const LETTER = randomBytes(100_000);

let server: Server;
let root: Clients;
/** The client of the kind that the library takes. */
let kms: KMS;
before(async () => {
  server = await startServer();
  root = clientsOf(server);
  kms = new KMS({ endpoint: server.endpoint, region: "us-east-1", credentials: server.credentials, maxAttempts: 1 });
});
after(() => server.stop());

async function newKey(): Promise<string> {
  const { KeyMetadata } = await root.kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? "";
}

const keyringOf = (generatorKeyId: string, ...keyIds: string[]) =>
  new KmsKeyringNode({ generatorKeyId, keyIds, clientProvider: () => kms });

/** How often KMS was asked for this since the server started, by its own trail. */
async function callsOf(eventName: string): Promise<number> {
  const { Events } = await root.cloudtrail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: eventName }] }),
  );
  return Events?.length ?? 0;
}

test("a message comes back, with its context, before and after the key's rotation", async () => {
  const arn = await newKey();
  const keyring = keyringOf(arn);
  const { result } = await encrypt(keyring, LETTER, { encryptionContext: CONTEXT });
  assert.equal(result.includes(LETTER.subarray(0, 32)), false);
  await root.kms.send(new RotateKeyOnDemandCommand({ KeyId: arn }));
  const { plaintext, messageHeader } = await decrypt(keyring, result);
  assert.deepEqual(plaintext, LETTER);
  for (const [name, value] of Object.entries(CONTEXT)) assert.equal(messageHeader.encryptionContext[name], value);
});

test("a changed message, a changed context and a disabled key open nothing", async () => {
  const arn = await newKey();
  const keyring = keyringOf(arn);
  const { result } = await encrypt(keyring, LETTER, { encryptionContext: CONTEXT });
  const body = Buffer.from(result);
  body[body.length - 200]! ^= 1;
  await assert.rejects(decrypt(keyring, body));
  const header = Buffer.from(result);
  header[header.indexOf("letters")]! ^= 1;
  await assert.rejects(decrypt(keyring, header), /Unable to decrypt data key|InvalidCiphertext/);
  await root.kms.send(new DisableKeyCommand({ KeyId: arn }));
  await assert.rejects(decrypt(keyring, result), /is disabled/);
  await root.kms.send(new EnableKeyCommand({ KeyId: arn }));
  assert.deepEqual((await decrypt(keyring, result)).plaintext, LETTER);
});

test("one message under two keys opens with either, and with no third", async () => {
  const [first, second, third] = [await newKey(), await newKey(), await newKey()];
  const { result } = await encrypt(keyringOf(first, second), LETTER);
  for (const arn of [first, second]) assert.deepEqual((await decrypt(keyringOf(arn), result)).plaintext, LETTER);
  await assert.rejects(decrypt(keyringOf(third), result));
});

test("a discovery keyring opens what names its own key", async () => {
  const { result } = await encrypt(keyringOf(await newKey()), LETTER);
  const discovery = new KmsKeyringNode({ discovery: true, clientProvider: () => kms });
  assert.deepEqual((await decrypt(discovery, result)).plaintext, LETTER);
});

test("an alias encrypts", async () => {
  await root.kms.send(new CreateAliasCommand({ AliasName: "alias/letters", TargetKeyId: await newKey() }));
  const { result } = await encrypt(keyringOf("alias/letters"), LETTER);
  const discovery = new KmsKeyringNode({ discovery: true, clientProvider: () => kms });
  assert.deepEqual((await decrypt(discovery, result)).plaintext, LETTER);
});

test("the strict keyring of one key", async () => {
  const [arn, other] = [await newKey(), await newKey()];
  const strict = (keyId: string) => new AwsKmsMrkAwareSymmetricKeyringNode({ keyId, client: kms });
  const { result } = await encrypt(strict(arn), LETTER, { encryptionContext: CONTEXT });
  assert.deepEqual((await decrypt(strict(arn), result)).plaintext, LETTER);
  await assert.rejects(decrypt(strict(other), result));
});

test("with its cache ten messages cost one data key", async () => {
  const backingMaterials = keyringOf(await newKey());
  const cache = getLocalCryptographicMaterialsCache(100);
  const materials = new NodeCachingMaterialsManager({
    backingMaterials,
    cache,
    maxAge: 60_000,
    maxMessagesEncrypted: 100,
  });
  const before = await callsOf("GenerateDataKey");
  const sealed: Buffer[] = [];
  for (let count = 0; count < 10; count += 1) {
    const { result } = await encrypt(materials, LETTER, { encryptionContext: CONTEXT, plaintextLength: LETTER.length });
    sealed.push(result);
  }
  assert.equal((await callsOf("GenerateDataKey")) - before, 1);
  for (const each of sealed) assert.deepEqual((await decrypt(materials, each)).plaintext, LETTER);
});
