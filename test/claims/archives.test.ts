/** Claim G1: what lies in Glacier and Deep Archive is encrypted, always, and as its object was. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { CreateKeyCommand, DisableKeyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  RestoreObjectCommand,
} from "@aws-sdk/client-s3";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { Canaries } from "../promises/canaries.js";

const Bucket = "archives";
const folder = newFolder("claims-archives");
let server: Server;
let root: Clients;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, flags: ["--s3-restore", "1"] });
  root = clientsOf(server);
  await root.s3.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Resolves when the object can be read, which a HEAD tells. */
async function restored(Key: string): Promise<void> {
  await root.s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 2 } }));
  for (;;) {
    const { Restore = "" } = await root.s3.send(new HeadObjectCommand({ Bucket, Key }));
    if (Restore.startsWith('ongoing-request="false", expiry-date="')) return;
    assert.equal(Restore, 'ongoing-request="true"');
    await wait(100);
  }
}

const read = async (Key: string) =>
  Buffer.from((await (await root.s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray()) ?? []);

test("G1: what is archived is sealed as its object was, waits for its restore, and obeys its key", async () => {
  const canaries = new Canaries();
  const keyId = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const bodies = new Map<string, Buffer>();
  for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE"] as const) {
    for (const mode of ["default", "aws:kms", "aws:kms:dsse"] as const) {
      for (const bytes of [100, 300_000]) {
        const Key = `${StorageClass}/${mode}/${bytes}`;
        bodies.set(Key, canaries.body(Key, bytes));
        const encryption = mode === "default" ? {} : { ServerSideEncryption: mode, SSEKMSKeyId: keyId };
        await root.s3.send(new PutObjectCommand({ Bucket, Key, Body: bodies.get(Key), StorageClass, ...encryption }));
        const head = await root.s3.send(new HeadObjectCommand({ Bucket, Key }));
        assert.equal(head.StorageClass, StorageClass);
        assert.equal(head.ServerSideEncryption, mode === "default" ? "AES256" : mode);
        assert.equal(await codeOf(read(Key)), "InvalidObjectState");
      }
    }
  }
  const { findings } = await canaries.searchFolders([server.dataFolder]);
  assert.deepEqual(findings, []);

  for (const [Key, body] of bodies) {
    await restored(Key);
    assert.deepEqual(await read(Key), body, Key);
  }
  await root.kms.send(new DisableKeyCommand({ KeyId: keyId }));
  for (const Key of bodies.keys()) {
    if (Key.includes("default")) assert.deepEqual(await read(Key), bodies.get(Key));
    else assert.equal(await codeOf(read(Key)), "KMS.DisabledException", Key);
  }
});
