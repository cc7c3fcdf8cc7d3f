/** s3fs: a bucket as a folder. Files are written, read, renamed and removed by programs that know nothing of S3. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateBucketCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { clientsOf } from "../harness/clients.js";
import { assertSameTree, openStage, type ToolStage, withoutProgram } from "./s3-tools.js";

const missing = await withoutProgram("s3fs");
const skip =
  missing !== false ? missing : existsSync("/dev/fuse") ? false : "this system mounts no folders (/dev/fuse)";
let stage: ToolStage;

before(async () => {
  if (skip === false) stage = await openStage("s3fs");
});
after(async () => {
  if (skip === false) await stage.end();
});

test("a mounted bucket keeps what is copied into it, through another mount too", { skip }, async () => {
  const { tree, folder, server, run } = stage;
  const { s3 } = clientsOf(server);
  await s3.send(new CreateBucketCommand({ Bucket: "mounted" }));
  const place = join(folder, "mount");
  mkdirSync(place);
  const mount = () =>
    run("s3fs", ["mounted", place, "-o", `url=${server.endpoint},use_path_request_style,endpoint=us-east-1`]);
  const unmount = () => run("umount", [place]);

  await mount();
  try {
    cpSync(join(tree, "awkward"), join(place, "files"), { recursive: true });
    writeFileSync(join(place, "note"), "first");
    writeFileSync(join(place, "note"), " and second", { flag: "a" });
    renameSync(join(place, "note"), join(place, "files", "renamed"));
    rmSync(join(place, "files", "one"));
  } finally {
    await unmount();
  }
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "mounted", Key: "files/renamed" }));
  assert.equal(await Body?.transformToString(), "first and second");

  await mount();
  try {
    assert.equal(readFileSync(join(place, "files", "renamed"), "utf8"), "first and second");
    assert.ok(!existsSync(join(place, "files", "one")));
    rmSync(join(place, "files", "renamed"));
    rmSync(join(tree, "awkward", "one"));
    await assertSameTree(join(place, "files"), join(tree, "awkward"));
    rmSync(join(place, "files"), { recursive: true });
    assert.deepEqual(readdirSync(place), []);
  } finally {
    await unmount();
  }
});
