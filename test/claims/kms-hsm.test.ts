import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateRandomCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { openSoftwareKeyStore, unlockRoot } from "../../src/keystore/index.js";
import { type Clients, clientsOf } from "../harness/clients.js";
import { clusterFlags, connectStore, newHsmStore, newSoftHsm, type SoftHsm, withoutSoftHsm } from "../harness/hsm.js";
import { codeOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const skip = withoutSoftHsm;
const folder = newFolder("claims-hsm");
let hsm: SoftHsm;
let server: Server;
let root: Clients;
let keyId: string;

before(async () => {
  if (skip) return;
  hsm = newSoftHsm();
  const flags = clusterFlags(folder, hsm);
  server = await startServer({ dataFolder: `${folder}/data`, flags, environment: hsm.environment });
  root = clientsOf(server);
  const CustomKeyStoreId = await newHsmStore(root, hsm.pin);
  assert.equal(await connectStore(root, CustomKeyStoreId), "CONNECTED");
  const { KeyMetadata } = await root.kms.send(new CreateKeyCommand({ Origin: "AWS_CLOUDHSM", CustomKeyStoreId }));
  keyId = KeyMetadata?.Arn ?? "";
});
after(async () => {
  await server?.stop();
  hsm?.remove();
  removeFolder(folder);
});

test("K7: a key of a CloudHSM key store is in the token, sensitive, never extractable", { skip }, () => {
  const object = hsm
    .list()
    .split("Secret Key Object")
    .find((each) => each.includes(keyId));
  assert.match(object ?? "", /Access:\s+sensitive, always sensitive, never extractable, local/);
  const id = /ID:\s+([0-9a-f]{32})/.exec(object ?? "")?.[1] ?? "";
  assert.throws(() => hsm.tool("--read-object", "--type", "secrkey", "--id", id));
});

test("K7: such a key encrypts, makes data keys, re-encrypts and opens, and its metadata say where it is", {
  skip,
}, async () => {
  const context = { EncryptionContext: { project: "nile" } };
  const text = Buffer.alloc(4096, 7);
  const { CiphertextBlob } = await root.kms.send(new EncryptCommand({ KeyId: keyId, Plaintext: text, ...context }));
  const opened = await root.kms.send(new DecryptCommand({ CiphertextBlob, ...context }));
  assert.deepEqual(Buffer.from(opened.Plaintext ?? []), text);
  assert.equal(opened.KeyId, keyId);
  assert.equal(await codeOf(root.kms.send(new DecryptCommand({ CiphertextBlob }))), "KMSInvalidStateException");
  const made = await root.kms.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256" }));
  const again = await root.kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
  assert.deepEqual(again.Plaintext, made.Plaintext);
  const other = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
  const out = await root.kms.send(
    new ReEncryptCommand({ CiphertextBlob: made.CiphertextBlob, DestinationKeyId: other }),
  );
  const outside = await root.kms.send(new DecryptCommand({ CiphertextBlob: out.CiphertextBlob }));
  assert.deepEqual(outside.Plaintext, made.Plaintext);
  const { KeyMetadata } = await root.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  assert.equal(KeyMetadata?.Origin, "AWS_CLOUDHSM");
  assert.equal(KeyMetadata?.CloudHsmClusterId, "cluster-2abcdefghijk");
  assert.equal(KeyMetadata?.KeyState, "Enabled");
});

test("K7: services use such a key, and random bytes come from the token", { skip }, async () => {
  await root.s3.send(new CreateBucketCommand({ Bucket: "in-the-hsm" }));
  const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyId } as const;
  const at = { Bucket: "in-the-hsm", Key: "note" };
  await root.s3.send(new PutObjectCommand({ ...at, Body: "under a key in a token", ...sealed }));
  const got = await root.s3.send(new GetObjectCommand(at));
  assert.equal(await got.Body?.transformToString(), "under a key in a token");
  assert.equal(got.SSEKMSKeyId, keyId);
  const { KeyMetadata } = await root.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
  const random = { NumberOfBytes: 1024, CustomKeyStoreId: KeyMetadata?.CustomKeyStoreId };
  const { Plaintext = [] } = await root.kms.send(new GenerateRandomCommand(random));
  assert.equal(Plaintext.length, 1024);
  assert.ok(new Set(Plaintext).size > 200);
});

test("K1: no call gives or changes the material of a key in a token, and the house has none of it", {
  skip,
}, async () => {
  const KeyId = keyId;
  const refusals = [
    root.kms.send(new GetPublicKeyCommand({ KeyId })),
    root.kms.send(
      new GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_4096",
      }),
    ),
    root.kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: "eu-west-1" })),
    root.kms.send(new RotateKeyOnDemandCommand({ KeyId })),
    root.kms.send(new EnableKeyRotationCommand({ KeyId })),
    root.kms.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: "ECC_NIST_P256" })),
  ].map(codeOf);
  assert.deepEqual(new Set(await Promise.all(refusals)), new Set(["UnsupportedOperationException"]));

  const inHouse = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
  await server.stop();
  const opened = await openSoftwareKeyStore(`${folder}/data`, await unlockRoot(`${folder}/data`, { kind: "file" }));
  const owners = (await opened.keyStore.listMaterials()).map(({ owner }) => owner.keyId);
  await opened.close();
  assert.ok(owners.includes(inHouse));
  assert.ok(!owners.includes(keyId.split("/").at(-1) ?? ""));
});
