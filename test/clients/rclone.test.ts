/** rclone: sync there and back, compare, move on the server, under SSE-S3, SSE-KMS, SSE-C and a key that is taken away. */
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateKeyCommand, DisableKeyCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, HeadObjectCommand, PutBucketEncryptionCommand } from "@aws-sdk/client-s3";
import { clientsOf } from "../harness/clients.js";
import { filesBelow } from "../harness/trees.js";
import { assertSameTree, openStage, type ToolStage, withoutProgram } from "./s3-tools.js";

const skip = await withoutProgram("rclone");
let stage: ToolStage;

before(async () => {
  if (skip === false) stage = await openStage("rclone");
});
after(async () => {
  if (skip === false) await stage.end();
});

const remote = (server: { readonly endpoint: string }) => ({
  RCLONE_CONFIG: "/dev/null",
  RCLONE_CONFIG_ROOM_TYPE: "s3",
  RCLONE_CONFIG_ROOM_PROVIDER: "Other",
  RCLONE_CONFIG_ROOM_ENV_AUTH: "true",
  RCLONE_CONFIG_ROOM_ENDPOINT: server.endpoint,
  RCLONE_CONFIG_ROOM_REGION: "us-east-1",
  // Uploads in parts from 5 MiB on, as many ranges a download.
  RCLONE_S3_UPLOAD_CUTOFF: "5M",
  RCLONE_S3_CHUNK_SIZE: "5M",
  RCLONE_RETRIES: "1",
});

const rclone = (args: readonly string[]) => stage.run("rclone", args, { environment: remote(stage.server) });

test("sync, check every byte, sync back, change, sync again, move on the server, delete", { skip }, async () => {
  const { tree, folder } = stage;
  await rclone(["sync", tree, "room:rclone-bucket/there"]);
  await rclone(["check", tree, "room:rclone-bucket/there", "--download"]);
  await rclone(["sync", "room:rclone-bucket/there", join(folder, "back")]);
  await assertSameTree(join(folder, "back"), tree);

  appendFileSync(join(tree, "awkward", "blob"), "changed");
  rmSync(join(tree, "awkward", "one"));
  await rclone(["sync", tree, "room:rclone-bucket/there"]);
  assert.doesNotMatch(await rclone(["lsf", "-R", "room:rclone-bucket/there"]), /^awkward\/one$/m);
  await rclone(["check", tree, "room:rclone-bucket/there"]);

  await rclone(["move", "room:rclone-bucket/there", "room:rclone-bucket/moved"]);
  await rclone(["check", tree, "room:rclone-bucket/moved", "--download"]);
  await rclone(["purge", "room:rclone-bucket/moved"]);
});

test("under a key of the owner's: uploads name it, and once it is disabled nothing is read", { skip }, async () => {
  const { kms, s3 } = clientsOf(stage.server);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const underKey = ["--s3-server-side-encryption", "aws:kms", "--s3-sse-kms-key-id", KeyMetadata?.Arn ?? ""];
  const awkward = join(stage.tree, "awkward");
  await rclone(["copy", awkward, "room:rclone-kms/a", ...underKey]);
  for (const Key of ["a/row", "a/three-parts"]) {
    const head = await s3.send(new HeadObjectCommand({ Bucket: "rclone-kms", Key }));
    assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId], ["aws:kms", KeyMetadata?.Arn]);
  }
  await rclone(["check", awkward, "room:rclone-kms/a", "--download"]);
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  const refused = await stage.attempt("rclone", ["cat", "room:rclone-kms/a/row"], {
    environment: remote(stage.server),
  });
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /KMS\.DisabledException/);
  assert.equal(refused.stdout, "");
});

test("under the caller's own key, over TLS: rclone brings it with each request, and nobody reads without", {
  skip,
}, async () => {
  const safe = await openStage("rclone-tls", { flags: ["--tls"] });
  try {
    const ca = join(safe.server.dataFolder, "tls", "ca.pem");
    const { s3 } = clientsOf(safe.server, { ca: readFileSync(ca, "utf8") });
    const Bucket = "rclone-own-key";
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
              BlockedEncryptionTypes: { EncryptionType: ["NONE"] },
            },
          ],
        },
      }),
    );
    const call = (key: string, args: readonly string[]) =>
      safe.attempt("rclone", [...args, "--ca-cert", ca], {
        environment: {
          ...remote(safe.server),
          RCLONE_S3_SSE_CUSTOMER_ALGORITHM: "AES256",
          RCLONE_S3_SSE_CUSTOMER_KEY: key,
        },
      });
    const [own, other] = ["a".repeat(32), "b".repeat(32)];
    for (const args of [
      ["sync", safe.tree, `room:${Bucket}/there`],
      ["check", safe.tree, `room:${Bucket}/there`, "--download"],
      ["sync", `room:${Bucket}/there`, join(safe.folder, "back")],
    ]) {
      const done = await call(own, args);
      assert.equal(done.code, 0, done.stderr);
    }
    await assertSameTree(join(safe.folder, "back"), safe.tree);
    const refused = await call(other, ["copy", `room:${Bucket}/there/awkward`, join(safe.folder, "never")]);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /403|AccessDenied/);
    assert.deepEqual(filesBelow(join(safe.folder, "never")), []);
    const head = s3.send(new HeadObjectCommand({ Bucket, Key: "there/awkward/row" }));
    await assert.rejects(
      head,
      (thrown: { $metadata?: { httpStatusCode?: number } }) => thrown.$metadata?.httpStatusCode === 400,
    );
  } finally {
    await safe.end();
  }
});
