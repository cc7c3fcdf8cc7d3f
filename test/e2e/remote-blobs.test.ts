/** Sealed bodies in another S3-compatible store: another Strongroom here, so that both sides of the protocol are ours. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createCipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { type Clients, clientsOf, runProgram } from "../harness/clients.js";
import { errorOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const MIB = 1024 * 1024;
const PROGRAM = join(process.cwd(), "bin", "strongroom.cjs");
const folder = newFolder("remote-blobs");
const credentialsFile = join(folder, "credentials-of-the-store");
let store: Server;
let there: Clients;
let front: Server;
let here: Clients;

const flags = () => [
  "--blobs",
  "s3://sealed-bodies/house-1",
  "--blobs-endpoint",
  store.endpoint,
  "--blobs-credentials-file",
  credentialsFile,
];
const startFront = () => startServer({ dataFolder: join(folder, "front"), workers: 1, flags: flags() });

before(async () => {
  store = await startServer({ dataFolder: join(folder, "store"), workers: 1 });
  there = clientsOf(store);
  await there.s3.send(new CreateBucketCommand({ Bucket: "sealed-bodies" }));
  const { accessKeyId, secretAccessKey } = store.credentials;
  const text = `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  writeFileSync(credentialsFile, text, { mode: 0o600 });
  front = await startFront();
  here = clientsOf(front);
  await here.s3.send(new CreateBucketCommand({ Bucket: "bodies" }));
});
after(async () => {
  await front.stop();
  await store.stop();
  removeFolder(folder);
});

/** Bytes without order, the same for the same seed. */
function body(bytes: number, seed: string): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

const put = (Key: string, Body: Buffer) => here.s3.send(new PutObjectCommand({ Bucket: "bodies", Key, Body }));

async function get(Key: string, Range?: string): Promise<Buffer> {
  const { Body } = await here.s3.send(new GetObjectCommand({ Bucket: "bodies", Key, Range }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function stored(): Promise<{ readonly names: string[]; readonly bytes: number }> {
  const { Contents = [] } = await there.s3.send(new ListObjectsV2Command({ Bucket: "sealed-bodies" }));
  return {
    names: Contents.map(({ Key = "" }) => Key),
    bytes: Contents.reduce((sum, { Size = 0 }) => sum + Size, 0),
  };
}

const SIZES = [16 * 1024, 16 * 1024 + 1, 300_000, 5 * MIB, 12 * MIB + 5];

test("bodies of every size lie sealed in the other store and come back, whole and in ranges", async () => {
  for (const bytes of SIZES) await put(`of-${bytes}`, body(bytes, "canary"));
  const { names, bytes: total } = await stored();
  assert.equal(names.length, SIZES.length - 1, "the smallest lies in its row");
  assert.ok(
    names.every((name) => /^house-1\/[0-9a-f]{32}$/.test(name)),
    names.join(),
  );
  assert.ok(total > 17 * MIB);
  assert.equal(existsSync(join(folder, "front", "blobs")), false, "nothing of it lies here");
  for (const bytes of SIZES) {
    const whole = body(bytes, "canary");
    assert.ok((await get(`of-${bytes}`)).equals(whole), String(bytes));
    for (const [first, last] of [
      [0, 0],
      [bytes - 10, bytes - 1],
      [Math.floor(bytes / 2), Math.floor(bytes / 2) + 5000],
    ] as const) {
      assert.ok((await get(`of-${bytes}`, `bytes=${first}-${last}`)).equals(whole.subarray(first, last + 1)));
    }
  }
  const first = await there.s3.send(new GetObjectCommand({ Bucket: "sealed-bodies", Key: names[0] }));
  const sealed = Buffer.from((await first.Body?.transformToByteArray()) ?? []);
  assert.ok(SIZES.every((bytes) => sealed.indexOf(body(bytes, "canary").subarray(0, 64)) < 0));
});

test("what is replaced, deleted or refused is gone there too", async () => {
  const before = (await stored()).names.length;
  await put("again", body(6 * MIB, "one"));
  await put("again", body(100_000, "two"));
  assert.equal((await stored()).names.length, before + 1);
  await here.s3.send(new DeleteObjectCommand({ Bucket: "bodies", Key: "again" }));
  const wrong = { Bucket: "bodies", Key: "wrong", Body: body(6 * MIB, "x"), ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" };
  assert.equal((await errorOf(here.s3.send(new PutObjectCommand(wrong))))?.name, "BadDigest");
  assert.equal((await stored()).names.length, before);
  const { Uploads } = await there.s3.send(new ListMultipartUploadsCommand({ Bucket: "sealed-bodies" }));
  assert.equal(Uploads?.length ?? 0, 0);
});

test("a body that was changed, cut or taken away there is an error, and the log names it", async () => {
  const before = new Set((await stored()).names);
  const whole = body(200_000, "damaged");
  await put("damaged", whole);
  const Key = (await stored()).names.find((name) => !before.has(name)) ?? "";
  const { Body } = await there.s3.send(new GetObjectCommand({ Bucket: "sealed-bodies", Key }));
  const kept = Buffer.from((await Body?.transformToByteArray()) ?? []);
  const flipped = Buffer.from(kept);
  flipped[1000] = flipped.readUInt8(1000) ^ 1;
  const replace = (bytes: Buffer) => there.s3.send(new PutObjectCommand({ Bucket: "sealed-bodies", Key, Body: bytes }));
  for (const bytes of [flipped, kept.subarray(0, -1), Buffer.concat([kept, Buffer.alloc(1)])]) {
    await replace(bytes);
    assert.equal((await errorOf(get("damaged")))?.name, "InternalError");
  }
  await there.s3.send(new DeleteObjectCommand({ Bucket: "sealed-bodies", Key }));
  assert.equal((await errorOf(get("damaged")))?.name, "InternalError");
  await replace(kept);
  assert.ok((await get("damaged")).equals(whole));
  assert.match(front.output(), /"event":"s3.damaged"/);
});

test("while the other store is away writes and reads are refused, rows stay, and all is there when it is back", async () => {
  const { port, dataFolder } = store;
  await store.kill();
  const refused = await errorOf(put("lost", body(100_000, "lost")));
  assert.equal(refused?.name, "ServiceUnavailable", String(refused));
  assert.equal((await errorOf(get(`of-${5 * MIB}`)))?.name, "ServiceUnavailable");
  assert.ok((await get(`of-${16 * 1024}`)).equals(body(16 * 1024, "canary")), "small ones need it not");
  await put("small", Buffer.from("a small one can be written"));
  store = await startServer({ dataFolder, port, workers: 1 });
  there = clientsOf(store);
  assert.ok((await get(`of-${5 * MIB}`)).equals(body(5 * MIB, "canary")));
  assert.equal((await errorOf(get("lost")))?.name, "NoSuchKey");
});

test("kill -9 of the front in the middle of uploads loses nothing that was acknowledged", async () => {
  const acknowledged: string[] = [];
  const writing = Array.from({ length: 6 }, async (_, nth) => {
    for (let count = 0; ; count++) {
      const Key = `crash-${nth}-${count}`;
      const failed = await errorOf(put(Key, body(150_000, Key)));
      if (failed) return;
      acknowledged.push(Key);
      if (acknowledged.length === 8) await front.kill();
    }
  });
  await Promise.all(writing);
  front = await startFront();
  here = clientsOf(front);
  assert.ok(acknowledged.length >= 8);
  for (const Key of acknowledged) assert.ok((await get(Key)).equals(body(150_000, Key)), Key);
  assert.doesNotMatch(front.output(), new RegExp(store.credentials.secretAccessKey.replaceAll(/[+/]/g, ".")));
});

/** Every object's bytes, by its key. */
async function everything(): Promise<Map<string, string>> {
  const { Contents = [] } = await here.s3.send(new ListObjectsV2Command({ Bucket: "bodies" }));
  const found = new Map<string, string>();
  for (const { Key = "" } of Contents)
    found.set(
      Key,
      createHash("sha256")
        .update(await get(Key))
        .digest("hex"),
    );
  return found;
}

test("`strongroom blobs move` brings all bodies home and back, through kill -9, and never beside a running server", async () => {
  const before = await everything();
  const move = (to: string, ...more: string[]) => [
    ...[PROGRAM, "blobs", "move", "--to", to, "--data", front.dataFolder, ...flags(), ...more],
  ];
  const run = (args: readonly string[]) => runProgram(process.execPath, args, { folder });
  const refused = await run(move("local"));
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, /another server uses the data folder/);
  assert.equal((await run(move("elsewhere"))).code, 2);
  await front.stop();
  const names = (await stored()).names;

  const child = spawn(process.execPath, move("local"), { stdio: ["ignore", "ignore", "ignore"] });
  const gone = once(child, "exit");
  while (child.exitCode === null && localNames().length < 3) await pause(1);
  child.kill("SIGKILL");
  await gone;
  const done = await run(move("local", "--json"));
  assert.equal(done.code, 0, done.stderr);
  const told = JSON.parse(done.stdout) as { readonly blobs: number; readonly already: number }; // what --json prints
  assert.ok(told.blobs <= names.length && told.already <= told.blobs);
  assert.deepEqual(localNames(), names.map((name) => name.slice("house-1/".length)).sort());
  assert.deepEqual((await stored()).names, []);
  front = await startServer({ dataFolder: front.dataFolder, workers: 1 });
  here = clientsOf(front);
  assert.deepEqual(await everything(), before);
  await put("made at home", body(100_000, "home"));
  await front.stop();

  const back = await run(move("s3"));
  assert.equal(back.code, 0, back.stderr);
  assert.match(back.stdout, /Start the server with --blobs s3:/);
  assert.deepEqual([localNames(), (await stored()).names.length], [[], names.length + 1]);
  front = await startFront();
  here = clientsOf(front);
  assert.ok((await get("made at home")).equals(body(100_000, "home")));
  assert.deepEqual((await everything()).size, before.size + 1);
});

/** Of the blobs in the data folder. */
function localNames(): string[] {
  const blobs = join(front.dataFolder, "blobs");
  if (!existsSync(blobs)) return [];
  return readdirSync(blobs)
    .filter((name) => name.length === 2)
    .flatMap((name) => readdirSync(join(blobs, name)))
    .sort();
}
