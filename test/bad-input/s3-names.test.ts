/** Names, pages, parts and signed addresses with every trap that a client can set, on one server. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const Bucket = "traps";
const folder = newFolder("s3-names");
let server: Server;
let s3: Clients["s3"];

before(async () => {
  server = await startServer({ dataFolder: join(folder, "data") });
  ({ s3 } = clientsOf(server));
  await s3.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Each is a name of its own: nothing is folded, climbed, decoded twice or cut. */
const KEYS = [
  "plain",
  "caf\u00e9", // composed
  "cafe\u0301", // decomposed
  "CAF\u00c9",
  "\u212bngstr\u00f6m", // the sign for Ångström, which normalisation would change
  "ﬁle", // a ligature
  "a b",
  "a+b",
  "a%20b",
  "a%2Fb",
  "a/b",
  "a//b",
  "a/./b",
  "a/../b",
  "a/b/",
  "/leading",
  "//leading",
  "../../../../etc/passwd",
  "C:\\windows\\system32",
  "..",
  ".",
  "-rf",
  "quote\"'<>&amp;",
  "tab\there",
  "line\nbreak",
  "return\rhere",
  "bell\u0007",
  "\u0001",
  "\u007f",
  "nul\u0000byte",
  "\u202eright-to-left",
  "zero\u200bwidth",
  "\ufeffbom",
  "\ufffe",
  "\ufffd",
  "\ud83d\udd10 \u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
  "\u{10ffff}",
  "?query=1&b#fragment",
  "__proto__",
  "constructor",
  "null",
  "versions?versionId=null",
  "*",
  "${jndi}",
  "a".repeat(1024),
  "\u20ac".repeat(341),
];

const utf8Order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

test("every name is kept exactly, is nobody else's, and stands in its place in the list", async () => {
  for (const Key of KEYS) await s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
  for (const Key of KEYS) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    assert.equal(await Body?.transformToString(), `body of ${Key}`, JSON.stringify(Key));
  }
  const listed: string[] = [];
  for (let ContinuationToken: string | undefined; ; ) {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, MaxKeys: 7, EncodingType: "url", ContinuationToken }),
    );
    listed.push(...(page.Contents ?? []).map(({ Key = "" }) => decodeURIComponent(Key.replaceAll("+", " "))));
    ContinuationToken = page.NextContinuationToken;
    if (ContinuationToken === undefined) break;
  }
  assert.deepEqual(listed, [...KEYS].sort(utf8Order));
  assert.deepEqual(readdirSync(folder), ["data"], "no name became a path");
  for (const Key of KEYS) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  assert.equal((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0);
});

test("names that are too long or missing are refused, and pages that nobody gave out", async () => {
  for (const Key of ["a".repeat(1025), "\u20ac".repeat(342)]) {
    assert.equal(await codeOf(s3.send(new PutObjectCommand({ Bucket, Key, Body: "" }))), "KeyTooLongError");
  }
  await s3.send(new PutObjectCommand({ Bucket, Key: "one", Body: "" }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "two", Body: "" }));
  const { NextContinuationToken = "" } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
  const flipped = `${NextContinuationToken.slice(0, -2)}${NextContinuationToken.endsWith("AA") ? "BB" : "AA"}`;
  for (const ContinuationToken of ["", "x", "%", "a".repeat(5000), flipped]) {
    const code = await codeOf(s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken })));
    assert.ok(
      ["InvalidArgument", "MetadataTooLarge", "RequestHeaderSectionTooLarge"].includes(code),
      `${code}: ${ContinuationToken.slice(0, 9)}`,
    );
  }
  for (const MaxKeys of [-1, 2 ** 31]) {
    assert.equal(
      await codeOf(s3.send(new ListObjectsV2Command({ Bucket, MaxKeys }))),
      "InvalidArgument",
      String(MaxKeys),
    );
  }
  assert.equal((await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }))).KeyCount, 0);
  assert.equal((await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 100_000 }))).KeyCount, 2);
});

test("parts that cannot be: numbers, lists out of order, of others, too many, too small", async () => {
  const Key = "in parts";
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const upload = (PartNumber: number) =>
    s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: "small" }));
  for (const PartNumber of [0, -1, 10_001, 2 ** 31]) assert.equal(await codeOf(upload(PartNumber)), "InvalidArgument");
  const [first, second] = [await upload(1), await upload(2)];
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  const part = (PartNumber: number, { ETag }: { ETag?: string | undefined }) => ({ PartNumber, ETag });
  const refusals: readonly [parts: ReturnType<typeof part>[], code: string][] = [
    [[], "InvalidRequest"],
    [[part(2, second), part(1, first)], "InvalidPartOrder"],
    [[part(1, first), part(1, first)], "InvalidPartOrder"],
    [[part(1, { ETag: '"00000000000000000000000000000000"' })], "InvalidPart"],
    [[part(3, first)], "InvalidPart"],
    [[part(1, first), part(2, second)], "EntityTooSmall"],
    [Array.from({ length: 10_001 }, (_, index) => part(index + 1, first)), "MalformedXML"],
  ];
  for (const [parts, code] of refusals) assert.equal(await codeOf(complete(parts)), code, `${parts.length} parts`);
  assert.equal(await codeOf(s3.send(new HeadObjectCommand({ Bucket, Key }))), "NotFound");
  await complete([part(1, first)]);
  assert.equal(await codeOf(complete([part(2, second)])), "NoSuchUpload");
  assert.equal(await codeOf(s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))), "NoSuchUpload");
});

test("signed addresses do what was signed, and nothing beside it", async () => {
  const Key = "signed ü";
  const sign: typeof getSignedUrl = (client, command) => getSignedUrl(client, command, { expiresIn: 60 });
  const status = async (url: string, method: string, body?: string) =>
    (await fetch(url, { method, ...(body === undefined ? {} : { body }) })).status;

  const put = await sign(s3, new PutObjectCommand({ Bucket, Key }));
  assert.equal(await status(put, "PUT", "kept"), 200);
  for (const method of ["GET", "DELETE", "POST"]) assert.equal(await status(put, method), 403, method);
  const head = await sign(s3, new HeadObjectCommand({ Bucket, Key }));
  assert.equal(await status(head, "HEAD"), 200);
  assert.equal(await status(head, "DELETE"), 403);

  const get = await sign(s3, new GetObjectCommand({ Bucket, Key, ResponseContentType: "text/x-signed" }));
  const answer = await fetch(get);
  assert.deepEqual([answer.headers.get("content-type"), await answer.text()], ["text/x-signed", "kept"]);
  for (const changed of [
    get.replace("text%2Fx-signed", "text%2Fhtml"),
    `${get}&response-expires=never`,
    `${get}&versionId=null`,
    get.replace("signed%20", "other%20"),
    get.replace(/X-Amz-Expires=60/, "X-Amz-Expires=600"),
    get.replace(/X-Amz-Signature=./, "X-Amz-Signature=x"),
  ]) {
    assert.equal(await status(changed, "GET"), 403, changed);
  }
  const tooLong = getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 604_800 });
  assert.equal(await status((await tooLong).replace("X-Amz-Expires=604800", "X-Amz-Expires=604801"), "GET"), 400);
  const unsignedHeader = await fetch(put, { method: "PUT", body: "x", headers: { "x-amz-acl": "public-read" } });
  assert.equal(unsignedHeader.status, 403);
  assert.match(await unsignedHeader.text(), /HeadersNotSigned/);

  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }));
  const part = await sign(s3, new UploadPartCommand({ Bucket, Key: "parts", UploadId, PartNumber: 1 }));
  assert.equal(await status(part.replace("partNumber=1", "partNumber=2"), "PUT", "x"), 403);
  assert.equal(await status(part, "PUT", "first"), 200);

  const remove = await sign(s3, new DeleteObjectCommand({ Bucket, Key }));
  assert.equal(await status(remove, "GET"), 403);
  assert.equal(await status(remove, "DELETE"), 204);
  assert.equal(await status(get, "GET"), 404);
});
