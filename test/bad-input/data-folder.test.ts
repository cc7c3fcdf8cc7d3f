/** What is wrong with the place where the data lies. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { CreateKeyCommand, DescribeKeyCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
} from "@aws-sdk/client-s3";
import { type Clients, clientsOf } from "../harness/clients.js";
import { errorOf } from "../harness/people.js";
import { sendPlain } from "../harness/raw.js";
import { newFolder, removeFolder, startServer } from "../harness/server.js";
import { strongroom } from "../harness/tools.js";

const folder = newFolder("data-folder");
after(() => removeFolder(folder));

const up = (dataFolder: string, ...more: string[]) => strongroom(["up", "--data", dataFolder, "--port", "0", ...more]);

test("a second server on the folder ends at once with a sentence; the first goes on", async () => {
  const server = await startServer({ dataFolder: join(folder, "twice") });
  const second = await up(server.dataFolder);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /^strongroom: another server uses the data folder /m);
  const { kms } = clientsOf(server);
  await kms.send(new CreateKeyCommand({}));
  assert.equal((await up(server.dataFolder)).code, 1);
  assert.equal((await kms.send(new ListKeysCommand({}))).Keys?.length, 1);
  assert.equal(await server.stop(), 0);
  const third = await startServer({ dataFolder: server.dataFolder });
  assert.equal((await clientsOf(third).kms.send(new ListKeysCommand({}))).Keys?.length, 1);
  await third.stop();
});

test("a second server on the port ends with a sentence and leaves the first alone", async () => {
  const server = await startServer({ dataFolder: join(folder, "port-one") });
  const second = await strongroom(["up", "--data", join(folder, "port-two"), "--port", String(server.port)]);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /EADDRINUSE/);
  await clientsOf(server).kms.send(new ListKeysCommand({}));
  await server.stop();
});

test("a folder that cannot be one ends the start with a sentence, not a stack", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "not a folder");
  for (const place of [file, join(file, "below")]) {
    const { code, stderr } = await up(place);
    assert.equal(code, 1, place);
    assert.match(stderr, /^strongroom: .+/m);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});

test("settings that nobody can mean are refused before anything is made", async () => {
  const place = join(folder, "never");
  for (const flags of [
    ["--port", "70000"],
    ["--workers", "0"],
    ["--region", "mars"],
    ["--nothing"],
    ["--port"],
    ["--dev", "--host", "0.0.0.0"],
    ["--tls-cert", "only.pem"],
  ]) {
    const { code, stderr } = await up(place, ...flags);
    assert.equal(code, 2, `${flags.join(" ")}: ${stderr}`);
  }
  assert.equal(spawnSync("test", ["-e", place]).status, 1, "nothing was made");
});

test("a root that is gone, cut or changed ends the start with a sentence", async () => {
  const place = join(folder, "rootless");
  const server = await startServer({ dataFolder: place });
  await server.stop();
  const keep = join(folder, "kept");
  for (const [file, change] of [
    ["root.json", (path: string) => writeFileSync(path, "{")],
    ["root.json", (path: string) => writeFileSync(path, "x".repeat(100_000))],
    ["root.json", (path: string) => rmSync(path)],
    ["root.key", (path: string) => rmSync(path)],
    ["root.key", (path: string) => writeFileSync(path, Buffer.alloc(200))],
    ["keystore.db", (path: string) => writeFileSync(path, Buffer.alloc(8192, 1))],
    ["iam.db", (path: string) => writeFileSync(path, Buffer.alloc(8192, 1))],
  ] as const) {
    spawnSync("cp", ["-a", place, keep]);
    change(join(keep, file));
    const { code, stderr } = await up(keep);
    assert.equal(code, 1, `${file}: ${stderr}`);
    assert.match(stderr, /^strongroom: .+/m, file);
    rmSync(keep, { recursive: true });
  }
  const again = await startServer({ dataFolder: place });
  await clientsOf(again).kms.send(new ListKeysCommand({}));
  await again.stop();
});

const mounted = join(folder, "small");
mkdirSync(mounted);

/** Runs what follows in a mount namespace of its own, with a file system of this kind at `mounted`. */
const within = (options: string, then = "true") => [
  "unshare",
  "-Urm",
  "sh",
  "-c",
  `mount -t tmpfs -o ${options} none ${mounted} && ${then} && exec "$@"`,
  "sh",
];
const [unshare = "", ...isolated] = within("size=1m");
const skip = spawnSync(unshare, [...isolated, "true"]).status === 0 ? false : "needs user namespaces and tmpfs";

test("a read-only disk ends the start with a sentence", { skip }, async () => {
  const [command = "", ...args] = [
    ...within("ro,size=1m"),
    process.execPath,
    "bin/strongroom.cjs",
    "up",
    "--port",
    "0",
  ];
  const { status, stderr } = spawnSync(command, [...args, "--data", join(mounted, "data")], {
    encoding: "utf8",
    timeout: 20_000,
  });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /^strongroom: .+/m);
});

/** Puts objects of this size until one is refused; answers what was acknowledged, and the refusal. */
async function fill({ s3 }: Clients, name: string, bytes: number): Promise<{ kept: string[]; refusal: Error }> {
  const kept: string[] = [];
  for (;;) {
    const Key = `${name}-${kept.length}`;
    const refusal = await errorOf(
      s3.send(new PutObjectCommand({ Bucket: "bucket", Key, Body: Buffer.alloc(bytes, Key) })),
    );
    if (refusal) return { kept, refusal };
    kept.push(Key);
  }
}

test("a full disk is told as such, loses nothing that was acknowledged, and the server goes on when there is room", {
  skip,
}, async (t) => {
  const filler = join(mounted, "filler");
  const server = await startServer({
    dataFolder: join(mounted, "data"),
    within: within("size=40m", `dd if=/dev/zero of=${filler} bs=1M count=8 status=none`),
    flags: ["--dev"],
    sealed: true,
  });
  t.after(() => server.kill());
  const clients = clientsOf(server, { credentials: { accessKeyId: "test", secretAccessKey: "test" } });
  const KeyId = (await clients.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
  await clients.s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  const workers = server.workers();

  const acknowledged = new Map<string, number>();
  for (const bytes of [2_000_000, 60_000, 2000]) {
    const { kept, refusal } = await fill(clients, `of-${bytes}`, bytes);
    for (const name of kept) acknowledged.set(name, bytes);
    assert.deepEqual(
      [refusal.name, refusal.message],
      ["ServiceUnavailable", "The server's disk is full; nothing was stored."],
    );
  }
  assert.ok(acknowledged.size > 10);
  const other = await errorOf(clients.kms.send(new CreateKeyCommand({})));
  assert.equal(other?.name, "ServiceUnavailable", String(other));
  assert.equal((await sendPlain(server, "GET", "/_strongroom/health", {})).status, 200);

  rmSync(join(`/proc/${server.process.pid}/root`, filler));
  await clients.s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "after", Body: Buffer.alloc(500_000) }));
  await clients.kms.send(new DescribeKeyCommand({ KeyId }));
  for (const [Key, bytes] of acknowledged) {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: "bucket", Key }));
    assert.deepEqual(Buffer.from((await Body?.transformToByteArray()) ?? []), Buffer.alloc(bytes, Key), Key);
  }
  await fullInTheMiddle(clients);
  assert.deepEqual(server.workers(), workers, "no worker died of it");
  assert.equal(await server.stop(), 0);
});

/** An upload in parts meets the full disk: its other parts stay, it can be ended either way, and the space comes back. */
async function fullInTheMiddle({ s3 }: Clients): Promise<void> {
  const MIB = 1024 * 1024;
  const begin = async (Key: string) => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: "bucket", Key }));
    return { Bucket: "bucket", Key, UploadId };
  };
  const part = (upload: object, PartNumber: number, bytes: number) => {
    const input = { ...upload, PartNumber, Body: Buffer.alloc(bytes, `part ${PartNumber} `) };
    return s3.send(new UploadPartCommand(input as UploadPartCommandInput)); // `begin` gave the other members
  };
  const upload = await begin("in-parts");
  const first = await part(upload, 1, 5 * MIB);
  const refusal = await errorOf(part(upload, 2, 5 * MIB));
  assert.equal(refusal?.name, "ServiceUnavailable", String(refusal));
  const { Parts: kept } = await s3.send(new ListPartsCommand(upload));
  assert.deepEqual(
    kept?.map(({ PartNumber, Size }) => [PartNumber, Size]),
    [[1, 5 * MIB]],
  );
  const second = await part(upload, 2, MIB);
  const Parts = [first, second].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "in-parts" }));
  const whole = Buffer.concat([Buffer.alloc(5 * MIB, "part 1 "), Buffer.alloc(MIB, "part 2 ")]);
  assert.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(whole));
  await s3.send(new DeleteObjectCommand({ Bucket: "bucket", Key: "in-parts" }));

  const aborted = await begin("aborted");
  await part(aborted, 1, 5 * MIB);
  assert.ok(await errorOf(part(aborted, 2, 5 * MIB)));
  await s3.send(new AbortMultipartUploadCommand(aborted));
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "room", Body: Buffer.alloc(6 * MIB) }));
}
