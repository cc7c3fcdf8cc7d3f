import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { after, test } from "node:test";
import type { Clock } from "../base/index.js";
import { openRemoteBlobs } from "./remote-blobs.js";

/** Pauses that take no time. */
const hurried: Clock = {
  nowMs: () => 0,
  now: () => new Date(0),
  after: (_ms, run) => {
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  },
};

const asked: string[] = [];
const kept = new Map<string, Buffer>();
/** What the next requests meet before they are answered. */
const faults: ((response: ServerResponse) => void)[] = [];

/** As much of S3 as one blob needs. Everything about many of them is in test/e2e/remote-blobs.test.ts. */
const server = createServer((request, response) => {
  void answer(request, response);
});
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  const path = request.url ?? "";
  asked.push(`${request.method} ${path}`);
  const fault = faults.shift();
  if (fault) return fault(response);
  if (request.method === "PUT") kept.set(path, Buffer.concat(pieces));
  const bytes = kept.get(path);
  if (path.includes("uploads=") && request.method === "GET") {
    const upload = (id: string, begun: string) =>
      `<Upload><Key>p/${"b".repeat(32)}</Key><UploadId>${id}</UploadId><Initiated>${begun}</Initiated></Upload>`;
    return void response.end(upload("old", "2026-01-01T00:00:00.000Z") + upload("new", "2026-01-03T00:00:00.000Z"));
  }
  if (request.method === "GET") {
    if (bytes === undefined) return void response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    const [, first = "0", last = "0"] = /bytes=(\d+)-(\d+)/.exec(String(request.headers["range"])) ?? [];
    const part = bytes.subarray(Number(first), Number(last) + 1);
    response.writeHead(206, {
      "content-range": `bytes ${first}-${last}/${bytes.length}`,
      "content-length": String(part.length),
    });
    return void response.end(part);
  }
  response.end();
}
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" ? address?.port : 0;
after(() => {
  server.closeAllConnections();
  server.close();
});

const blobs = openRemoteBlobs({
  endpoint: `http://127.0.0.1:${port}`,
  bucket: "bucket",
  prefix: "p/",
  sign: ({ headers }) => ({ ...headers, authorization: "signed" }),
  clock: hurried,
});

const status =
  (code: number, text = "") =>
  (response: ServerResponse) =>
    void response.writeHead(code).end(text);
const cut = (response: ServerResponse) => void response.destroy();

async function put(bytes: Buffer): Promise<string> {
  const writer = await blobs.create();
  await writer.write(bytes);
  await writer.commit();
  return writer.name;
}

async function get(name: string): Promise<Buffer> {
  const reader = await blobs.open(name);
  const into = Buffer.alloc(reader.bytes);
  await reader.read(0, into);
  await reader.close();
  return into;
}

const BODY = Buffer.alloc(3_000_000, "sealed bytes ");

test("a store that stumbles is asked again; what was read is asked for from where it broke off", async () => {
  faults.push(status(503), cut, status(500));
  const name = await put(BODY);
  assert.equal(asked.filter((one) => one === `PUT /bucket/p/${name}`).length, 4);
  faults.push(cut, status(503));
  assert.ok((await get(name)).equals(BODY));
  // The first answer is cut in its middle.
  faults.push((response) => {
    response.writeHead(206, { "content-range": `bytes 0-1048575/${BODY.length}`, "content-length": "1048576" });
    response.write(BODY.subarray(0, 1000), () => response.destroy());
  });
  assert.ok((await get(name)).equals(BODY));
});

test("a store that stays away is told as such, after a few tries", async () => {
  const before = asked.length;
  faults.push(...Array.from({ length: 5 }, () => status(503)));
  await assert.rejects(put(BODY), { name: "StoreAway" });
  assert.equal(asked.length - before, 5);
  faults.push(...Array.from({ length: 5 }, () => cut));
  await assert.rejects(blobs.open("a".repeat(32)), { name: "StoreAway" });
});

test("refusals are not repeated, and say no more than their code", async () => {
  const refusals = [
    [403, "<Error><Code>AccessDenied</Code><Message>secret words</Message></Error>", "StoreUnwritable", /AccessDenied/],
    [403, "<Error><Code>QuotaExceeded</Code></Error>", "StoreFull", /full/],
    [404, "<Error><Code>NoSuchBucket</Code></Error>", "StoreUnwritable", /NoSuchBucket/],
    [200, "", undefined, /./],
  ] as const;
  for (const [code, text, name, message] of refusals) {
    const before = asked.length;
    faults.push(status(code, text));
    if (name === undefined) await put(BODY);
    else await assert.rejects(put(BODY), { name, message });
    assert.equal(asked.length - before, 1);
  }
  await assert.rejects(blobs.open("a".repeat(32)), { name: "BlobMissing" });
});

test("names that create never gave reach nothing", async () => {
  const before = asked.length;
  for (const name of ["../secret", "", "A".repeat(32)]) {
    await assert.rejects(blobs.open(name));
    await assert.rejects(blobs.remove(name));
  }
  assert.equal(asked.length, before);
});

test("uploads that a crash left are ended when they are old", async () => {
  assert.equal(await blobs.abandonBefore(new Date("2026-01-02T00:00:00Z")), 1);
  assert.deepEqual(
    asked.filter((one) => one.includes("uploadId")),
    [`DELETE /bucket/p/${"b".repeat(32)}?uploadId=old`],
  );
});
