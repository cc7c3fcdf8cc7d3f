/** s3cmd: its own signatures, uploads in parts, sync, copies, signed addresses. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PutBucketOwnershipControlsCommand } from "@aws-sdk/client-s3";
import { clientsOf } from "../harness/clients.js";
import { assertSameTree, openStage, type ToolStage, withoutProgram } from "./s3-tools.js";

const skip = await withoutProgram("s3cmd");
let stage: ToolStage;

before(async () => {
  if (skip === false) stage = await openStage("s3cmd");
});
after(async () => {
  if (skip === false) await stage.end();
});

const FIXED = ["-c", "/dev/null", "--no-ssl", "--region", "us-east-1", "--multipart-chunk-size-mb=5", "--no-progress"];
function call(args: readonly string[]): readonly string[] {
  const host = new URL(stage.server.endpoint).host;
  return [...FIXED, `--host=${host}`, `--host-bucket=${host}`, ...args];
}
const s3cmd = (...args: string[]) => stage.run("s3cmd", call(args));

test("sync there and back, copy, move, change headers, sign, delete", { skip }, async () => {
  const { tree, folder } = stage;
  await s3cmd("mb", "s3://cmd-bucket");
  // This client copies access control lists with objects, which a new bucket of AWS's refuses.
  const Rules = [{ ObjectOwnership: "BucketOwnerPreferred" as const }];
  const { s3 } = clientsOf(stage.server);
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: "cmd-bucket", OwnershipControls: { Rules } }));
  await s3cmd("sync", `${tree}/`, "s3://cmd-bucket/tree/");
  mkdirSync(join(folder, "back"));
  await s3cmd("sync", "s3://cmd-bucket/tree/", `${join(folder, "back")}/`);
  await assertSameTree(join(folder, "back"), tree);

  const big = "s3://cmd-bucket/tree/awkward/three-parts";
  await s3cmd("cp", big, "s3://cmd-bucket/copy");
  await s3cmd("mv", "s3://cmd-bucket/copy", "s3://cmd-bucket/moved");
  await s3cmd("modify", "--add-header=x-amz-meta-note:kept", "s3://cmd-bucket/moved");
  const info = await s3cmd("info", "s3://cmd-bucket/moved");
  assert.match(info, /x-amz-meta-note: kept/);
  assert.match(info, /SSE: +AES256/);
  const signed = (await s3cmd("signurl", "s3://cmd-bucket/tree/awkward/row", "+60")).trim();
  assert.equal((await (await fetch(signed)).arrayBuffer()).byteLength, 16 * 1024);
  assert.equal((await fetch(signed.replace("row", "one"))).status, 403);

  const kept = await stage.attempt("s3cmd", call(["rb", "s3://cmd-bucket"]));
  assert.match(kept.stderr, /BucketNotEmpty/);
  await s3cmd("rm", "-r", "--force", "s3://cmd-bucket");
  await s3cmd("rb", "s3://cmd-bucket");
});

test("what is uploaded under aws:kms says so, and reads back", { skip }, async () => {
  await s3cmd("mb", "s3://cmd-kms");
  const source = join(stage.tree, "awkward", "part-and-one");
  await s3cmd("put", "--server-side-encryption-kms-id=alias/aws/s3", source, "s3://cmd-kms/sealed");
  assert.match(await s3cmd("info", "s3://cmd-kms/sealed"), /SSE: +aws:kms/);
  await s3cmd("get", "s3://cmd-kms/sealed", join(stage.folder, "sealed"));
  await stage.run("cmp", [source, join(stage.folder, "sealed")]);
});
