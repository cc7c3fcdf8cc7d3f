import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { CreateKeyCommand, GenerateRandomCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Clients, clientsOf, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("processes");
let server: Server;
let root: Clients;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, workers: 3 });
  root = clientsOf(server);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never came: ${what}`);
}

test("as many workers as asked for share the port", () => {
  assert.equal(server.workers().length, 3);
});

test("a killed worker is replaced, and what was acknowledged before is there", async () => {
  const { KeyMetadata } = await root.kms.send(new CreateKeyCommand({}));
  const before = server.workers();
  for (const pid of before) process.kill(pid, "SIGKILL");
  await until("three new workers", () => {
    const now = server.workers();
    return now.length === 3 && !now.some((pid) => before.includes(pid));
  });
  const isThere = async () => {
    const answer = await root.kms.send(new ListKeysCommand({})).catch(() => undefined);
    return answer?.Keys?.some((key) => key.KeyId === KeyMetadata?.KeyId) ?? false;
  };
  await until("the key on every worker", async () =>
    (await Promise.all(Array.from({ length: 12 }, isThere))).every(Boolean),
  );
});

test("a stop lets running answers end and leaves nothing behind", async () => {
  const other = await startServer({ dataFolder: `${folder}/stop` });
  const { s3 } = clientsOf(other);
  await s3.send(new CreateBucketCommand({ Bucket: "stop-bucket" }));
  await s3.send(new PutObjectCommand({ Bucket: "stop-bucket", Key: "large", Body: Buffer.alloc(8_000_000, "x") }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "stop-bucket", Key: "large" }));
  const workers = other.workers();
  const stopped = other.stop();
  let read = 0;
  for await (const piece of Body as Readable) read += (piece as Buffer).length; // a Node client gives a Readable of Buffers
  assert.equal(read, 8_000_000);
  s3.destroy();
  assert.equal(await stopped, 0);
  for (const pid of workers) assert.throws(() => process.kill(pid, 0), /ESRCH/);
  const again = await startServer({ dataFolder: `${folder}/stop`, port: other.port });
  assert.equal(again.port, other.port);
  await again.stop();
});

test("workers end when their supervisor is killed, and the folder is free again", async () => {
  const other = await startServer({ dataFolder: `${folder}/orphans` });
  const workers = other.workers();
  other.process.kill("SIGKILL");
  await until("the end of every worker", () => workers.every((pid) => !isAlive(pid)));
  const again = await startServer({ dataFolder: `${folder}/orphans` });
  await clientsOf(again).kms.send(new GenerateRandomCommand({ NumberOfBytes: 1 }));
  await again.stop();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a port that is taken is said in one sentence", async () => {
  const args = ["bin/strongroom.cjs", "up", "--data", `${folder}/taken`, "--port", String(server.port)];
  const done = await runProgram(process.execPath, args);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /EADDRINUSE/);
});

test("a connection that says nothing does not keep the server from stopping", async () => {
  const other = await startServer({ dataFolder: `${folder}/silent` });
  const socket = connect(other.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  assert.equal(await other.stop(), 0);
  socket.destroy();
});

test("a wrong flag, a wrong command and a wrong folder are refused by name", async () => {
  const cases: [string[], RegExp][] = [
    [["up", "--colour"], /no flag --colour/],
    [["rise"], /no command "rise"/],
    [["up", "--host", "0.0.0.0", "--dev"], /needs a loopback/],
    [["env", "--data", `${folder}/nowhere`], /no credentials yet/],
    [["up", "--tls-cert", "x.pem"], /go together/],
  ];
  for (const [args, expected] of cases) {
    const done = await runProgram(process.execPath, ["bin/strongroom.cjs", ...args]);
    assert.equal(done.code, 2, args.join(" "));
    assert.match(done.stderr, expected);
  }
});

test("Ctrl-C in a terminal reaches every process and still ends in order", async () => {
  const child = spawn(process.execPath, ["bin/strongroom.cjs", "up", "--data", `${folder}/group`, "--port", "0"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  process.kill(-(child.pid ?? 0), "SIGINT");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
