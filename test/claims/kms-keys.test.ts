import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf, errorOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

let server: Server;
let root: Clients;
const folder = newFolder("claims-kms");

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  root = clientsOf(server);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function newKey(): Promise<string> {
  const { KeyMetadata } = await root.kms.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? "";
}

const encrypt = async (KeyId: string, text = "text"): Promise<Uint8Array> =>
  (await root.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(text) }))).CiphertextBlob ?? new Uint8Array();

const decrypt = async (CiphertextBlob: Uint8Array, clients = root): Promise<string> =>
  Buffer.from((await clients.kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext ?? []).toString();

/** Stops the server and starts it again on the same data, with its clock moved on. */
async function restartLater(days: number): Promise<void> {
  await server.stop();
  server = await startServer({ dataFolder: server.dataFolder, flags: ["--clock-offset", String(days * 24 * 3600)] });
  root = clientsOf(server, { clockOffsetMs: days * 24 * 3600 * 1000 });
}

test("K2: a data key comes in the clear and encrypted; it encrypts data, and Decrypt gives it back without naming the key", async () => {
  const KeyId = await newKey();
  const made = await root.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));
  assert.equal(made.Plaintext?.length, 32);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", made.Plaintext ?? "", iv);
  const sealed = Buffer.concat([cipher.update("the data"), cipher.final()]);
  const opened = await root.kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
  assert.equal(opened.KeyId, KeyId);
  const decipher = createDecipheriv("aes-256-gcm", opened.Plaintext ?? "", iv).setAuthTag(cipher.getAuthTag());
  assert.equal(decipher.update(sealed, undefined, "utf8") + decipher.final("utf8"), "the data");
  const changed = Buffer.from(made.CiphertextBlob ?? []);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  assert.equal(
    await codeOf(root.kms.send(new DecryptCommand({ CiphertextBlob: changed }))),
    "InvalidCiphertextException",
  );
});

test("K3: an AWS owned key encrypts objects, costs nothing and is not in the account", async () => {
  const other = await startServer({ dataFolder: `${folder}/owned` });
  const { s3, kms } = clientsOf(other);
  await s3.send(new CreateBucketCommand({ Bucket: "owned" }));
  const put = await s3.send(new PutObjectCommand({ Bucket: "owned", Key: "a", Body: "owned-canary" }));
  assert.equal(put.ServerSideEncryption, "AES256");
  assert.equal(
    await (await s3.send(new GetObjectCommand({ Bucket: "owned", Key: "a" }))).Body?.transformToString(),
    "owned-canary",
  );
  assert.deepEqual((await kms.send(new ListKeysCommand({}))).Keys, []);
  await other.stop();
});

test("K4: aws/s3 appears on first use, works only through S3, is not the owner's to change, and rotates by itself", async () => {
  await root.s3.send(new CreateBucketCommand({ Bucket: "managed" }));
  const put = await root.s3.send(
    new PutObjectCommand({ Bucket: "managed", Key: "a", Body: "x", ServerSideEncryption: "aws:kms" }),
  );
  const KeyId = put.SSEKMSKeyId ?? "";
  const { KeyMetadata } = await root.kms.send(new DescribeKeyCommand({ KeyId: "alias/aws/s3" }));
  assert.equal(KeyMetadata?.Arn, KeyId);
  assert.equal(KeyMetadata?.KeyManager, "AWS");
  assert.equal((await root.kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled, true);
  assert.ok((await root.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy?.includes("s3.us-east-1.amazonaws.com"));
  const refused = [
    () => encrypt(KeyId),
    () => root.kms.send(new DisableKeyCommand({ KeyId })),
    () => root.kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
    () => root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: "{}" })),
  ];
  for (const call of refused) assert.equal(await codeOf(call()), "AccessDeniedException");
});

test("K5: a customer managed key is the owner's: policy, aliases, tags, rotation, enable, disable, deletion", async () => {
  const { KeyMetadata } = await root.kms.send(
    new CreateKeyCommand({ Description: "mine", Tags: [{ TagKey: "team", TagValue: "a" }] }),
  );
  const KeyId = KeyMetadata?.KeyId ?? "";
  await root.kms.send(new CreateAliasCommand({ AliasName: "alias/mine", TargetKeyId: KeyId }));
  assert.equal((await root.kms.send(new DescribeKeyCommand({ KeyId: "alias/mine" }))).KeyMetadata?.Description, "mine");
  assert.equal((await root.kms.send(new ListAliasesCommand({ KeyId }))).Aliases?.[0]?.AliasName, "alias/mine");
  assert.deepEqual((await root.kms.send(new ListResourceTagsCommand({ KeyId }))).Tags, [
    { TagKey: "team", TagValue: "a" },
  ]);
  await root.kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
  assert.equal((await root.kms.send(new GetKeyRotationStatusCommand({ KeyId }))).RotationPeriodInDays, 90);
  await root.kms.send(new DisableKeyCommand({ KeyId }));
  assert.equal(await codeOf(encrypt(KeyId)), "DisabledException");
  await root.kms.send(new EnableKeyCommand({ KeyId }));
  assert.equal(await decrypt(await encrypt("alias/mine")), "text");
  const scheduled = await root.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  assert.equal(scheduled.KeyState, "PendingDeletion");
});

test("K9: rotation, on demand and yearly, makes new material; old ciphertext opens, id and ARN stay", async () => {
  const KeyId = await newKey();
  const old = await encrypt(KeyId, "before");
  const first = (await root.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.CurrentKeyMaterialId;
  await root.kms.send(new RotateKeyOnDemandCommand({ KeyId }));
  const second = (await root.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  assert.notEqual(second?.CurrentKeyMaterialId, first);
  assert.equal(second?.Arn, KeyId);
  await root.kms.send(new EnableKeyRotationCommand({ KeyId }));
  await restartLater(366);
  const rotations = await untilRotated(KeyId, 2);
  assert.deepEqual(rotations.map((rotation) => rotation.RotationType).sort(), ["AUTOMATIC", "ON_DEMAND"]);
  assert.equal(await decrypt(old), "before");
  await restartLater(0);
});

async function untilRotated(KeyId: string, count: number) {
  for (let tries = 0; ; tries++) {
    const { Rotations } = await root.kms.send(new ListKeyRotationsCommand({ KeyId }));
    if ((Rotations?.length ?? 0) >= count || tries > 100) return Rotations ?? [];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("K10: an application notices nothing of a rotation: ciphertext from before and after opens the same way", async () => {
  const KeyId = await newKey();
  const blobs = [await encrypt(KeyId, "one")];
  for (const text of ["two", "three"]) {
    await root.kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    blobs.push(await encrypt(KeyId, text));
  }
  assert.deepEqual(await Promise.all(blobs.map((blob) => decrypt(blob))), ["one", "two", "three"]);
});

test("K11: deletion waits, can be cancelled, and then ends everything under the key for good", async () => {
  const KeyId = await newKey();
  const blob = await encrypt(KeyId);
  for (const PendingWindowInDays of [6, 31])
    assert.equal(
      await codeOf(root.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }))),
      "ValidationException",
    );
  await root.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  assert.equal(await codeOf(decrypt(blob)), "KMSInvalidStateException");
  await root.kms.send(new CancelKeyDeletionCommand({ KeyId }));
  await root.kms.send(new EnableKeyCommand({ KeyId }));
  assert.equal(await decrypt(blob), "text");
  await root.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  await restartLater(6);
  assert.equal((await root.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState, "PendingDeletion");
  await restartLater(9);
  await untilGone(KeyId);
  assert.equal(await codeOf(decrypt(blob)), "AccessDeniedException");
  await restartLater(0);
  assert.equal(await codeOf(decrypt(blob)), "AccessDeniedException");
});

async function untilGone(KeyId: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await codeOf(root.kms.send(new DescribeKeyCommand({ KeyId })))) === "NotFoundException") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the key is still there after its window");
}

test("K12: a key of one Region is not found in another", async () => {
  const KeyId = await newKey();
  const elsewhere = clientsOf(server, { region: "eu-west-1" });
  const byArn = await errorOf(elsewhere.kms.send(new DescribeKeyCommand({ KeyId })));
  assert.equal(`${byArn?.name}: ${byArn?.message}`, "NotFoundException: Invalid arn us-east-1");
  const id = KeyId.split("/")[1] ?? "";
  const byId = await errorOf(elsewhere.kms.send(new DescribeKeyCommand({ KeyId: id })));
  assert.equal(byId?.message, `Key '${KeyId.replace("us-east-1", "eu-west-1")}' does not exist`);
  assert.equal(await codeOf(decrypt(await encrypt(KeyId), elsewhere)), "AccessDeniedException");
});

test("K13: disabling a key, or revoking a grant, stops reads at the next call, on every worker", async () => {
  const KeyId = await newKey();
  const blob = await encrypt(KeyId);
  await root.kms.send(new DisableKeyCommand({ KeyId }));
  const refusals = await Promise.all(Array.from({ length: 32 }, () => codeOf(decrypt(blob, clientsOf(server)))));
  assert.deepEqual(new Set(refusals), new Set(["DisabledException"]));
  await root.kms.send(new EnableKeyCommand({ KeyId }));
  const reader = await newUser(server, root, "grantee");
  assert.equal(await codeOf(decrypt(blob, reader.clients)), "AccessDeniedException");
  const { GrantId } = await root.kms.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: reader.arn, Operations: ["Decrypt"] }),
  );
  assert.equal(await decrypt(blob, reader.clients), "text");
  await root.kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
  const after = await Promise.all(
    Array.from({ length: 16 }, () => codeOf(decrypt(blob, clientsOf(server, { credentials: reader.credentials })))),
  );
  assert.deepEqual(new Set(after), new Set(["AccessDeniedException"]));
});
