/** The AWS CLI's own S3 commands. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { aws, type Finished, hasProgram, type RunOptions } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("aws-cli");
const skip = (await hasProgram("aws")) ? false : "the AWS CLI is not installed";
const MIB = 1024 * 1024;
const SIGNATURE_4 = join(folder, "config");
let server: Server;

before(async () => {
  writeFileSync(SIGNATURE_4, "[default]\ns3 =\n  signature_version = s3v4\n");
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function run(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const done = await attempt(args, options);
  assert.equal(done.code, 0, `aws ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

const attempt = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
  aws(server, args, { folder, ...options });

test("mb, cp from and to streams, ls, mv, presign, rm and rb do what they do on AWS", { skip }, async () => {
  await run(["s3", "mb", "s3://cli"]);
  const text = "a line with ü\n".repeat(1000);
  await run(["s3", "cp", "-", "s3://cli/folder/streamed ü.txt"], { input: text });
  assert.equal(await run(["s3", "cp", "s3://cli/folder/streamed ü.txt", "-"]), text);
  assert.match(await run(["s3", "ls"]), / cli\n/);
  assert.match(await run(["s3", "ls", "s3://cli"]), /PRE folder\//);
  assert.match(
    await run(["s3", "ls", "s3://cli", "--recursive", "--summarize"]),
    /15000 folder\/streamed ü.txt\n(.|\n)*Total Objects: 1/,
  );
  await run(["s3", "mv", "s3://cli/folder/streamed ü.txt", "s3://cli/moved.txt"]);
  assert.equal((await attempt(["s3", "ls", "s3://cli/folder/"])).code, 1, "it lies there no more");
  const presign = ["s3", "presign", "s3://cli/moved.txt", "--expires-in", "60"];
  const url = (await run(presign, { environment: { AWS_CONFIG_FILE: SIGNATURE_4 } })).trim();
  assert.equal(await (await fetch(url)).text(), text);
  // Version 1 of the CLI signs URLs of us-east-1 with Signature Version 2 unless told otherwise.
  const old = (await run(presign)).trim();
  assert.equal(await (await fetch(old)).text(), text);
  assert.equal((await fetch(old.replace("moved", "moves"))).status, 403);
  const kept = await attempt(["s3", "rb", "s3://cli"]);
  assert.match(kept.stderr, /BucketNotEmpty/);
  await run(["s3", "cp", "s3://cli/moved.txt", "s3://cli/copied/1"]);
  await run(["s3", "rm", "s3://cli/copied", "--recursive"]);
  assert.doesNotMatch(await run(["s3", "ls", "s3://cli", "--recursive"]), /copied/);
  await run(["s3", "rb", "s3://cli", "--force"]);
  assert.match((await attempt(["s3", "ls", "s3://cli"])).stderr, /NoSuchBucket/);
});

test("large files go in parts, up, across and down; a sync brings only what changed", { skip }, async () => {
  const place = join(folder, "large");
  mkdirSync(place);
  const bytes = randomBytes(20 * MIB + 3);
  writeFileSync(join(place, "large"), bytes);
  writeFileSync(join(place, "small"), "small");
  await run(["s3", "mb", "s3://parts"]);
  assert.equal((await run(["s3", "sync", "large", "s3://parts/up"])).match(/upload: /g)?.length, 2);
  assert.equal(await run(["s3", "sync", "large", "s3://parts/up"]), "", "nothing has changed");
  const head = JSON.parse(await run(["s3api", "head-object", "--bucket", "parts", "--key", "up/large"]));
  assert.match(head.ETag, /-3"$/);
  await run(["s3", "cp", "s3://parts/up/large", "s3://parts/across/large"]);
  await run(["s3", "cp", "s3://parts/across/large", "back"]);
  assert.ok(bytes.equals(readFileSync(join(folder, "back"))));
  writeFileSync(join(place, "small"), "larger than before");
  assert.equal((await run(["s3", "sync", "large", "s3://parts/up", "--delete"])).match(/upload: /g)?.length, 1);
});

test("s3api: an upload by hand, its parts listed, one copied, completed in order only", { skip }, async () => {
  const json = async (...args: string[]) => JSON.parse(await run(["s3api", ...args, "--bucket", "by-hand"]));
  await run(["s3", "mb", "s3://by-hand"]);
  const part = randomBytes(5 * MIB);
  writeFileSync(join(folder, "part"), part);
  writeFileSync(join(folder, "tail"), "tail");
  await run(["s3", "cp", "part", "s3://by-hand/source"]);
  const { UploadId } = await json("create-multipart-upload", "--key", "made");
  const upload = ["--key", "made", "--upload-id", UploadId];
  const one = await json("upload-part", ...upload, "--part-number", "1", "--body", "part");
  const two = await json("upload-part-copy", ...upload, "--part-number", "2", "--copy-source", "by-hand/source");
  const three = await json("upload-part", ...upload, "--part-number", "3", "--body", "tail");
  const listed = await json("list-parts", ...upload, "--page-size", "2");
  assert.deepEqual(
    listed.Parts.map(({ Size }: { Size: number }) => Size),
    [5 * MIB, 5 * MIB, 4],
  );
  const parts = [one.ETag, two.CopyPartResult.ETag, three.ETag].map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
  const complete = (Parts: object[]) => [
    "s3api",
    "complete-multipart-upload",
    "--bucket",
    "by-hand",
    ...upload,
    "--multipart-upload",
    JSON.stringify({ Parts }),
  ];
  assert.match((await attempt(complete([...parts].reverse()))).stderr, /InvalidPartOrder/);
  assert.match((await attempt(complete([parts[2] ?? {}, parts[0] ?? {}]))).stderr, /InvalidPartOrder/);
  await run(complete(parts));
  await run(["s3", "cp", "s3://by-hand/made", "made"]);
  assert.ok(Buffer.concat([part, part, Buffer.from("tail")]).equals(readFileSync(join(folder, "made"))));
});
