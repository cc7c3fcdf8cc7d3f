/** The helpers that people use beside the JavaScript clients: presigned URLs and the upload manager. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { CreateKeyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { type Clients, clientsOf } from "../harness/clients.js";
import { callHouse } from "../harness/house-api.js";
import { codeOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("javascript");
const MIB = 1024 * 1024;
let server: Server;
let root: Clients;
let key: string;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  root = clientsOf(server);
  key = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  await root.s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function bytesOf(Key: string): Promise<Buffer> {
  const { Body } = await root.s3.send(new GetObjectCommand({ Bucket: "bucket", Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

test("presigned GET and PUT carry what was signed into them, and no more rights than the signer has", async () => {
  const target = { Bucket: "bucket", Key: "a name with ü, + and %" };
  const put = await getSignedUrl(root.s3, new PutObjectCommand({ ...target, ContentType: "text/plain" }), {
    expiresIn: 60,
  });
  const sent = await fetch(put, { method: "PUT", body: "by URL", headers: { "content-type": "text/plain" } });
  assert.equal(sent.status, 200, await sent.text());
  const get = await getSignedUrl(
    root.s3,
    new GetObjectCommand({ ...target, ResponseContentDisposition: "attachment" }),
  );
  const got = await fetch(get);
  assert.deepEqual(
    [await got.text(), got.headers.get("content-type"), got.headers.get("content-disposition")],
    ["by URL", "text/plain", "attachment"],
  );
  const ranged = await fetch(await getSignedUrl(root.s3, new GetObjectCommand(target)), {
    headers: { range: "bytes=3-5" },
  });
  assert.deepEqual([ranged.status, await ranged.text()], [206, "URL"]);
  const guest = await newUser(server, root, "guest", { Action: "s3:PutObject" });
  const refused = await fetch(await getSignedUrl(guest.clients.s3, new GetObjectCommand(target)));
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /user\/guest is not authorized to perform: s3:GetObject/);
});

test("a presigned PUT under a key needs the header that was signed", async () => {
  const command = new PutObjectCommand({
    Bucket: "bucket",
    Key: "sealed",
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: key,
  });
  const names = ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"];
  const url = await getSignedUrl(root.s3, command, { unhoistableHeaders: new Set(names) });
  const without = await fetch(url, { method: "PUT", body: "x" });
  assert.equal(without.status, 403, await without.text());
  const headers = { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": key };
  const sent = await fetch(url, { method: "PUT", body: "x", headers });
  assert.equal(sent.status, 200, await sent.text());
  assert.equal((await root.s3.send(new HeadObjectCommand({ Bucket: "bucket", Key: "sealed" }))).SSEKMSKeyId, key);
});

test("whom a bucket lets in from elsewhere pays, by a header or in a presigned URL", async () => {
  const made = await callHouse(server, server.credentials, "CreateAccount", { name: "stranger" });
  const credentials = {
    accessKeyId: String(made["accessKeyId"]),
    secretAccessKey: String(made["secretAccessKey"]),
  };
  const stranger = clientsOf(server, { credentials });
  const Bucket = "paid";
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  await root.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "costly" }));
  const Principal = { AWS: made["accountId"] };
  const Statement = { Effect: "Allow", Principal, Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await root.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const RequestPaymentConfiguration = { Payer: "Requester" } as const;
  await root.s3.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }));

  const silent = new GetObjectCommand({ Bucket, Key: "k" });
  assert.equal(await codeOf(stranger.s3.send(silent)), "AccessDenied");
  assert.equal((await fetch(await getSignedUrl(stranger.s3, silent))).status, 403);
  const paying = new GetObjectCommand({ Bucket, Key: "k", RequestPayer: "requester" });
  assert.equal((await stranger.s3.send(paying)).RequestCharged, "requester");
  const opened = await fetch(await getSignedUrl(stranger.s3, paying));
  assert.deepEqual([await opened.text(), opened.headers.get("x-amz-request-charged")], ["costly", "requester"]);
});

test("a presigned part is taken by its upload", async () => {
  const upload = new Upload({
    client: root.s3,
    params: { Bucket: "bucket", Key: "parts", Body: randomBytes(6 * MIB) },
  });
  await upload.done();
  const url = await getSignedUrl(
    root.s3,
    new UploadPartCommand({ Bucket: "bucket", Key: "parts", UploadId: "none", PartNumber: 1 }),
  );
  const answer = await fetch(url, { method: "PUT", body: "x" });
  assert.match(await answer.text(), /<Code>NoSuchUpload<\/Code>/);
});

for (const ServerSideEncryption of ["AES256", "aws:kms"] as const) {
  test(`the upload manager sends streams of unknown length in parts, under ${ServerSideEncryption}`, async () => {
    const bytes = randomBytes(17 * MIB + 1);
    const pieces = Array.from({ length: 18 }, (_, n) => bytes.subarray(n * MIB, (n + 1) * MIB));
    const Key = `streamed-${ServerSideEncryption}`;
    const progress: number[] = [];
    const upload = new Upload({
      client: root.s3,
      params: { Bucket: "bucket", Key, Body: Readable.from(pieces), ServerSideEncryption },
      queueSize: 4,
    });
    upload.on("httpUploadProgress", ({ loaded }) => progress.push(loaded ?? 0));
    const done = await upload.done();
    assert.match(done.ETag ?? "", /-4"$/);
    assert.ok(progress.length >= 4);
    assert.ok(bytes.equals(await bytesOf(Key)));
    const { Body } = await root.s3.send(
      new GetObjectCommand({ Bucket: "bucket", Key, Range: `bytes=${5 * MIB - 7}-${5 * MIB + 7}` }),
    );
    assert.deepEqual(Buffer.from((await Body?.transformToByteArray()) ?? []), bytes.subarray(5 * MIB - 7, 5 * MIB + 8));
  });
}

test("an upload that is aborted leaves neither object nor parts", async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield randomBytes(MIB);
    })(),
  );
  const upload = new Upload({ client: root.s3, params: { Bucket: "bucket", Key: "aborted", Body: endless } });
  upload.on("httpUploadProgress", () => void upload.abort());
  await assert.rejects(upload.done(), { name: "AbortError" });
  // The manager gives up at once and tells the server behind its caller's back.
  let uploads = 1;
  for (let asked = 0; asked < 200 && uploads > 0; asked += 1)
    uploads = (await root.s3.send(new ListMultipartUploadsCommand({ Bucket: "bucket" }))).Uploads?.length ?? 0;
  assert.equal(uploads, 0);
  await assert.rejects(root.s3.send(new HeadObjectCommand({ Bucket: "bucket", Key: "aborted" })), { name: "NotFound" });
});
