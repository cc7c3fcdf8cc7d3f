/** Bodies that lie, break off or come too late: nothing of them is stored, and what lay there stays. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { CreateKeyCommand, DecryptCommand, DescribeKeyCommand, EncryptCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { signRequest } from "../../src/identity/index.js";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { codeIn, type RawRequest, sendPlain, sendRaw } from "../harness/raw.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { strongroom } from "../harness/tools.js";

const folder = newFolder("bad-uploads");
let server: Server;
let root: Clients;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  root = clientsOf(server);
  await root.s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await root.s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "kept", Body: "kept" }));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** What lay there before is there, and nothing else. */
async function assertUntouched(): Promise<void> {
  const { Contents } = await root.s3.send(new ListObjectsV2Command({ Bucket: "bucket" }));
  assert.deepEqual(
    Contents?.map(({ Key }) => Key),
    ["kept"],
  );
  const { Body } = await root.s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "kept" }));
  assert.equal(await Body?.transformToString(), "kept");
}

const CRC = "x-amz-checksum-crc32:NhCmhg==\r\n";
const END = `0\r\n${CRC}\r\n`;

/** "hello" in chunks of these forms; the object is one that exists already. */
const chunked = (
  framed: string,
  decodedLength = "5",
  payloadHash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
): RawRequest => ({
  service: "s3",
  method: "PUT",
  path: "/bucket/kept",
  payloadHash,
  headers: {
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": decodedLength,
    ...(payloadHash.endsWith("TRAILER") ? { "x-amz-trailer": "x-amz-checksum-crc32" } : {}),
  },
  sentBody: framed,
});
const SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const WRONG = `;chunk-signature=${"0".repeat(64)}`;

const CHUNKS: readonly (readonly [what: string, request: RawRequest, code: string])[] = [
  ["a length that is no number", chunked(`zz\r\nhello\r\n${END}`), "InvalidRequest"],
  ["a negative length", chunked(`-5\r\nhello\r\n${END}`), "InvalidRequest"],
  ["a chunk of 2^48 bytes", chunked(`ffffffffffff\r\nhello\r\n${END}`), "InvalidRequest"],
  ["no line end after the chunk", chunked(`5\r\nhelloXX${END}`), "InvalidRequest"],
  ["a chunk that breaks off", chunked("5\r\nhel"), "IncompleteBody"],
  ["no last chunk", chunked("5\r\nhello\r\n"), "IncompleteBody"],
  ["a chunk's header of 5,000 bytes", chunked(`5;${"x".repeat(5000)}\r\nhello\r\n${END}`), "InvalidRequest"],
  ["bytes after the last chunk", chunked(`5\r\nhello\r\n${END}more`), "InvalidRequest"],
  ["fewer bytes than were told", chunked(`5\r\nhello\r\n${END}`, "6"), "IncompleteBody"],
  ["more bytes than were told", chunked(`5\r\nhello\r\n${END}`, "4"), "IncompleteBody"],
  ["a told length that is no number", chunked(`5\r\nhello\r\n${END}`, "five"), "MissingContentLength"],
  ["another checksum in the trailer", chunked("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"), "BadDigest"],
  ["no trailer", chunked("5\r\nhello\r\n0\r\n\r\n"), "MalformedTrailerError"],
  [
    "a trailer of 10,000 bytes",
    chunked(`5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${"A".repeat(10_000)}\r\n\r\n`),
    "MalformedTrailerError",
  ],
  ["signed chunks without signatures", chunked("5\r\nhello\r\n0\r\n\r\n", "5", SIGNED), "InvalidRequest"],
  [
    "signed chunks of somebody else",
    chunked(`5${WRONG}\r\nhello\r\n0${WRONG}\r\n\r\n`, "5", SIGNED),
    "SignatureDoesNotMatch",
  ],
];

for (const [what, request, code] of CHUNKS) {
  test(`chunks: ${what}`, async () => {
    assert.equal(codeIn(await sendRaw(server, request)), code);
    await assertUntouched();
  });
}

test("chunks as they should be are taken: what the cases above differ from", async (t) => {
  t.after(() => root.s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "kept", Body: "kept" })));
  assert.equal((await sendRaw(server, chunked(`5\r\nhello\r\n${END}`))).status, 200);
  const { Body } = await root.s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "kept" }));
  assert.equal(await Body?.transformToString(), "hello");
});

/** Sends the head of an upload of 10 MB and some of its bytes, then cuts the connection. */
function breakOff(Key: string, sentBytes: number): Promise<void> {
  const [path, bytes] = [`/bucket/${Key}`, 10_000_000];
  const headers = signRequest({
    method: "PUT",
    path,
    headers: { host: `127.0.0.1:${server.port}`, "content-length": String(bytes) },
    payloadHash: "UNSIGNED-PAYLOAD",
    region: "us-east-1",
    service: "s3",
    credentials: server.credentials,
    date: new Date(),
  });
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve) => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {}); // it is cut
    socket.on("close", () => resolve());
    socket.write(`PUT ${path} HTTP/1.1\r\n${head.join("")}\r\n`);
    socket.write(Buffer.alloc(sentBytes), () => socket.destroy());
  });
}

test("uploads that break off leave nothing, and what lay there stays", async () => {
  for (const sentBytes of [0, 1, 70_000, 9_999_999]) {
    await breakOff("kept", sentBytes);
    await breakOff("never", sentBytes);
  }
  await assertUntouched();
});

const DAY_MS = 24 * 3600 * 1000;

test("presigned URLs: late, early, changed or of an unknown signer are refused", async () => {
  const get = (options: Parameters<typeof getSignedUrl>[2], clients = root) =>
    getSignedUrl(clients.s3, new GetObjectCommand({ Bucket: "bucket", Key: "kept" }), options);
  const fetched = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, init);
    const text = await response.text();
    return [response.status, text.match(/<Code>(.*)<\/Code>/)?.[1] ?? text];
  };
  const good = await get({ expiresIn: 60 });
  assert.deepEqual(await fetched(good), [200, "kept"]);
  const ago = (ms: number) => new Date(Date.now() - ms);
  assert.deepEqual(await fetched(await get({ expiresIn: 60, signingDate: ago(61_000 + 1000) })), [403, "AccessDenied"]);
  assert.deepEqual(await fetched(await get({ expiresIn: 60, signingDate: ago(-DAY_MS) })), [403, "AccessDenied"]);
  assert.deepEqual(await fetched(good.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")), [
    403,
    "SignatureDoesNotMatch",
  ]);
  assert.deepEqual(await fetched(good.replace("/kept", "/other")), [403, "SignatureDoesNotMatch"]);
  assert.deepEqual(await fetched(good, { method: "PUT", body: "x" }), [403, "SignatureDoesNotMatch"]);
  assert.deepEqual(await fetched(good.replace("X-Amz-Expires=60", "X-Amz-Expires=604801")), [
    400,
    "AuthorizationQueryParametersError",
  ]);
  const stranger = clientsOf(server, { credentials: { accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "x" } });
  assert.deepEqual(await fetched(await get({ expiresIn: 60 }, stranger)), [403, "InvalidAccessKeyId"]);
  await assertUntouched();
});

test("a foreign account neither sees keys and objects nor decrypts, and learns nothing of them", async () => {
  const made = await strongroom([
    "account",
    "create",
    "--name",
    "other",
    "--data",
    server.dataFolder,
    "--port",
    String(server.port),
    "--json",
  ]);
  assert.equal(made.code, 0, made.stderr);
  const { accessKeyId, secretAccessKey } = JSON.parse(made.stdout);
  const foreign = clientsOf(server, { credentials: { accessKeyId, secretAccessKey } });
  const KeyId = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const { CiphertextBlob } = await root.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") }));
  const unknown = KeyId.replace(/[^/]*$/, "1234abcd-12ab-34cd-56ef-1234567890ab");
  for (const arn of [KeyId, unknown])
    assert.equal(await codeOf(foreign.kms.send(new DescribeKeyCommand({ KeyId: arn }))), "AccessDeniedException", arn);
  assert.equal(await codeOf(foreign.kms.send(new DecryptCommand({ CiphertextBlob }))), "AccessDeniedException");
  assert.equal(await codeOf(foreign.s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "kept" }))), "AccessDenied");
  assert.equal(await codeOf(foreign.s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "none" }))), "AccessDenied");
  assert.equal(await codeOf(foreign.s3.send(new CreateBucketCommand({ Bucket: "bucket" }))), "BucketAlreadyExists");
  const own = (await foreign.kms.send(new CreateKeyCommand({}))).KeyMetadata;
  assert.notEqual(own?.AWSAccountId, KeyId.split(":")[4]);
});

test("many bad uploads leave the processes as they were", async () => {
  const workers = server.workers();
  const md5 = createHash("md5").update("other").digest("base64");
  const attempts = Array.from({ length: 100 }, () =>
    sendRaw(server, {
      service: "s3",
      method: "PUT",
      path: "/bucket/never",
      body: "body",
      headers: { "content-md5": md5 },
    }),
  );
  for (const answer of await Promise.all(attempts)) assert.equal(codeIn(answer), "BadDigest");
  assert.equal((await sendPlain(server, "GET", "/_strongroom/health", {})).status, 200);
  assert.deepEqual(server.workers(), workers);
  await assertUntouched();
});
