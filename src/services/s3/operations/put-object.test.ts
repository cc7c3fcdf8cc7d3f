import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { AwsError, isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { ALLOW_ALL, testBody, userCaller } from "../../../kit/testing.js";
import { BUCKET, KEY_ARN, KEY_ID, MANAGED_ARN, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const BIG = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 31) & 255));
const code = (name: string, message?: string) => (thrown: unknown) =>
  isAwsError(thrown, name) && (message === undefined || thrown.message === message);

test("nothing is put without permission", async () => {
  const readOnly = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:Get*", Resource: "*" }] };
  await assert.rejects(house.put(BUCKET, "denied", "x", {}, { caller: userCaller("reader", [readOnly]) }), Denied);
  await assert.rejects(house.get(BUCKET, "denied"), code("NoSuchKey"));
  await house.put(BUCKET, "allowed", "x", {}, { caller: userCaller("writer", [ALLOW_ALL]) });
});

test("a body that fails at its end leaves nothing, small or big", async () => {
  const before = await house.blobNames();
  for (const bytes of [Buffer.from("small"), BIG]) {
    const body = testBody([bytes], { fail: new AwsError("SignatureDoesNotMatch") });
    await assert.rejects(house.put(BUCKET, "failed", "", {}, { body }), code("SignatureDoesNotMatch"));
  }
  await assert.rejects(house.get(BUCKET, "failed"), code("NoSuchKey"));
  assert.deepEqual(await house.blobNames(), before);
});

test("a failed overwrite keeps the object that was there", async () => {
  await house.put(BUCKET, "kept", BIG);
  const body = testBody([BIG.subarray(0, 100_000)], { fail: new Error("connection lost") });
  await assert.rejects(house.put(BUCKET, "kept", "", {}, { body }));
  assert.deepEqual((await house.get(BUCKET, "kept")).text, BIG);
});

test("the former bytes go beside the call's record, once the new ones are committed, and not when they are refused", async () => {
  await house.put(BUCKET, "beside", BIG);
  const before = (await house.blobNames()).length;
  const beside: Promise<void>[] = [];
  const ctx = { alongside: (work: Promise<void>) => void beside.push(work) };
  await assert.rejects(house.put(BUCKET, "beside", BIG, { IfNoneMatch: "*" }, ctx), code("PreconditionFailed"));
  assert.equal(beside.length, 0);
  await house.put(BUCKET, "beside", BIG, {}, ctx);
  assert.equal(beside.length, 1);
  await Promise.all(beside);
  assert.equal((await house.blobNames()).length, before);
  assert.deepEqual((await house.get(BUCKET, "beside")).text, BIG);
});

test("a body that is shorter or longer than it said is incomplete", async () => {
  const before = await house.blobNames();
  for (const declaredBytes of [BIG.length - 1, BIG.length + 1, 0]) {
    await assert.rejects(
      house.put(BUCKET, "lie", "", {}, { body: testBody([BIG], { declaredBytes }) }),
      code("IncompleteBody"),
    );
  }
  const unknown = { ...testBody([BIG]), declaredBytes: undefined };
  await assert.rejects(house.put(BUCKET, "lie", "", {}, { body: unknown }), code("MissingContentLength"));
  const tooBig = testBody([BIG], { declaredBytes: 5 * 1024 ** 3 + 1 });
  await assert.rejects(house.put(BUCKET, "lie", "", {}, { body: tooBig }), code("EntityTooLarge"));
  assert.deepEqual(await house.blobNames(), before);
});

test("a wrong Content-MD5 is told with both digests, a malformed one at once", async () => {
  const wrong = createHash("md5").update("other").digest();
  await assert.rejects(house.put(BUCKET, "md5", "text", { ContentMD5: wrong.toString("base64") }), (thrown) => {
    assert.ok(isAwsError(thrown, "BadDigest"));
    assert.equal(thrown.fields["ExpectedDigest"], wrong.toString("hex"));
    assert.equal(thrown.fields["CalculatedDigest"], createHash("md5").update("text").digest("base64"));
    return true;
  });
  for (const ContentMD5 of ["__invalid__", "000", "MTIz", "dGVzdC1zdHJpbmc="]) {
    await assert.rejects(house.put(BUCKET, "md5", "text", { ContentMD5 }), code("InvalidDigest"));
  }
  await house.put(BUCKET, "md5", "text", { ContentMD5: createHash("md5").update("text").digest("base64") });
});

test("a wrong checksum in the trailer leaves nothing", async () => {
  const body = { ...testBody([BIG]), trailers: { "x-amz-checksum-crc32": "AAAAAA==" } };
  const headers = { "x-amz-trailer": "x-amz-checksum-crc32" };
  await assert.rejects(
    house.put(BUCKET, "trailer", "", {}, { body, headers }),
    code("BadDigest", "The CRC32 you specified did not match the calculated checksum."),
  );
  await assert.rejects(house.get(BUCKET, "trailer"), code("NoSuchKey"));
});

test("the ETag is the MD5 under SSE-S3 and tells nothing under KMS", async () => {
  const md5 = `"${createHash("md5").update(BIG).digest("hex")}"`;
  const owned = await house.put(BUCKET, "etag", BIG);
  assert.equal(owned.ETag, md5);
  assert.equal(owned["ServerSideEncryption"], "AES256");
  assert.equal(owned["ChecksumType"], "FULL_OBJECT");
  const [a, b] = [
    await house.put(BUCKET, "etag", BIG, { ServerSideEncryption: "aws:kms" }),
    await house.put(BUCKET, "etag", BIG, { ServerSideEncryption: "aws:kms" }),
  ];
  assert.match(a.ETag ?? "", /^"[0-9a-f]{32}"$/);
  assert.notEqual(a.ETag, md5);
  assert.notEqual(a.ETag, b.ETag);
});

test("an overwritten object's blob is gone", async () => {
  await house.put(BUCKET, "over", BIG);
  const before = (await house.blobNames()).length;
  await house.put(BUCKET, "over", BIG);
  assert.equal((await house.blobNames()).length, before);
  await house.put(BUCKET, "over", "small");
  assert.equal((await house.blobNames()).length, before - 1);
});

test("aws:kms without a key is aws/s3; a key is echoed by its ARN; the use is the caller's, through S3", async () => {
  assert.equal((await house.put(BUCKET, "k", "x", { ServerSideEncryption: "aws:kms" }))["SSEKMSKeyId"], MANAGED_ARN);
  const caller = userCaller("alice", [ALLOW_ALL]);
  const answer = await house.put(
    BUCKET,
    "k",
    "x",
    { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID },
    { caller },
  );
  assert.equal(answer["SSEKMSKeyId"], KEY_ARN);
  assert.equal(answer["BucketKeyEnabled"], undefined);
  assert.deepEqual(house.keys.calls[house.keys.calls.length - 1], {
    operation: "GenerateDataKey",
    context: { "aws:s3:arn": `arn:aws:s3:::${BUCKET}/k` },
    viaService: "s3.us-east-1.amazonaws.com",
    caller: caller.principal.arn,
  });
});

test("a caller's encryption context is bound and echoed; with a bucket key the bucket stands in it", async () => {
  const SSEKMSEncryptionContext = Buffer.from('{"team":"blue"}').toString("base64");
  const input = { ServerSideEncryption: "aws:kms", SSEKMSEncryptionContext };
  const answer = await house.put(BUCKET, "ctx", "x", input);
  assert.equal(answer["SSEKMSEncryptionContext"], SSEKMSEncryptionContext);
  assert.deepEqual(house.keys.calls.at(-1)?.context, { team: "blue", "aws:s3:arn": `arn:aws:s3:::${BUCKET}/ctx` });
  const withBucketKey = await house.put(BUCKET, "ctx", "x", { ...input, BucketKeyEnabled: true });
  assert.equal(withBucketKey["BucketKeyEnabled"], true);
  assert.deepEqual(house.keys.calls.at(-1)?.context, { "aws:s3:arn": `arn:aws:s3:::${BUCKET}` });
});

const REFUSED: [string, object, string][] = [
  ["an unknown mode", { ServerSideEncryption: "aes:kms" }, "InvalidArgument"],
  ["a key beside AES256", { ServerSideEncryption: "AES256", SSEKMSKeyId: KEY_ID }, "InvalidArgument"],
  ["a key without a mode", { SSEKMSKeyId: KEY_ID }, "InvalidArgument"],
  ["a bucket key under DSSE", { ServerSideEncryption: "aws:kms:dsse", BucketKeyEnabled: true }, "InvalidArgument"],
  ["a customer's key where the bucket blocks it", { SSECustomerAlgorithm: "AES256" }, "AccessDenied"],
  ["a context that is no JSON", { ServerSideEncryption: "aws:kms", SSEKMSEncryptionContext: "e30" }, "InvalidArgument"],
  [
    "a context in AWS's name",
    { ServerSideEncryption: "aws:kms", SSEKMSEncryptionContext: Buffer.from('{"aws:s3:arn":"x"}').toString("base64") },
    "InvalidArgument",
  ],
  ["a key that is not there", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "fake" }, "KMS.NotFoundException"],
  ["a grant of an ACL", { ACL: "public-read" }, "AccessControlListNotSupported"],
  ["a storage class of nobody", { StorageClass: "OUTPOSTS" }, "InvalidStorageClass"],
  ["metadata beyond its bound", { Metadata: { a: "x".repeat(2048) } }, "MetadataTooLarge"],
  ["a key beyond its bound", { Key: "x".repeat(1025) }, "KeyTooLongError"],
];
for (const [what, input, name] of REFUSED) {
  test(`${what} is refused with ${name}`, async () => {
    await assert.rejects(house.put(BUCKET, "refused", "x", input), code(name));
    await assert.rejects(house.get(BUCKET, "refused"), code("NoSuchKey"));
  });
}

test("KMS's errors are wrapped, its denial is a plain one", async () => {
  const input = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID };
  house.keys.refusal = new AwsError("DisabledException", `${KEY_ARN} is disabled.`);
  await assert.rejects(house.put(BUCKET, "r", "x", input), code("KMS.DisabledException", `${KEY_ARN} is disabled.`));
  house.keys.refusal = new AwsError("AccessDeniedException", "User: x is not authorized");
  await assert.rejects(
    house.put(BUCKET, "r", "x", input),
    (thrown) => isAwsError(thrown, "AccessDenied") && thrown.status === 403 && thrown.message.startsWith("User: x"),
  );
  house.keys.refusal = undefined;
});

test("conditional writes look at what is there", async () => {
  const { ETag } = await house.put(BUCKET, "cond", "1", { IfNoneMatch: "*" });
  await assert.rejects(house.put(BUCKET, "cond", "2", { IfNoneMatch: "*" }), code("PreconditionFailed"));
  await assert.rejects(house.put(BUCKET, "cond", "2", { IfMatch: '"other"' }), code("PreconditionFailed"));
  await assert.rejects(house.put(BUCKET, "cond-none", "2", { IfMatch: ETag }), code("NoSuchKey"));
  await assert.rejects(house.put(BUCKET, "cond", "2", { IfNoneMatch: ETag }), code("NotImplemented"));
  await house.put(BUCKET, "cond", "2", { IfMatch: ETag });
  assert.equal((await house.get(BUCKET, "cond")).text.toString(), "2");
});

test("names with every trap come back as they went", async () => {
  const names = [
    "a/%F0%9F%98%80/",
    "file%2Fname",
    "test@key/",
    "/",
    "//",
    ".",
    "..",
    " ",
    "a\u0000b",
    "é",
    "e\u0301",
    "\u{1f600}",
    "\uffff",
    "a+b c",
    "'\"<&>",
  ];
  for (const name of names) await house.put(BUCKET, name, `body of ${name}`);
  for (const name of names) assert.equal((await house.get(BUCKET, name)).text.toString(), `body of ${name}`);
});

test("a house that says so takes KMS writes over TLS only", async () => {
  const strict = await s3House({ rules: { kmsNeedsTls: true } });
  const input = { ServerSideEncryption: "aws:kms" };
  await assert.rejects(strict.put(BUCKET, "tls", "x", input), code("InvalidArgument"));
  await strict.put(BUCKET, "tls", "x");
  const body = testBody([Buffer.from("x")]);
  await strict.put(BUCKET, "tls", "", input, { secureTransport: true, body });
  await strict.close();
});

test("no KMS key is used on a signature of version 2, for a write or a read", async () => {
  const old = { signatureVersion: "AWS" } as const;
  const refused = (thrown: unknown) =>
    isAwsError(thrown, "InvalidArgument") && thrown.message.endsWith("require AWS Signature Version 4.");
  const input = { ServerSideEncryption: "aws:kms" };
  const body = () => testBody([Buffer.from("x")]);
  const asked = house.keys.calls.length;
  await assert.rejects(house.put(BUCKET, "old", "", input, { ...old, body: body() }), refused);
  await assert.rejects(house.call("CreateMultipartUpload", { Bucket: BUCKET, Key: "old", ...input }, old), refused);
  assert.equal(house.keys.calls.length, asked, "KMS was not asked");
  await house.put(BUCKET, "new", "", input, { signatureVersion: "AWS4-HMAC-SHA256", body: body() });
  await assert.rejects(house.get(BUCKET, "new", {}, old), refused);
  await house.put(BUCKET, "old", "", {}, { ...old, body: body() });
  assert.equal((await house.get(BUCKET, "old", {}, old)).text.toString(), "x");
});

test("a redirect leads to a path or a site, on every way in; Expires is kept as it was written", async () => {
  const place = { Bucket: BUCKET, Key: "moved" };
  const wrong = { WebsiteRedirectLocation: "elsewhere" };
  const refused = {
    code: "InvalidRedirectLocation",
    message: "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
  };
  await assert.rejects(house.put(BUCKET, "moved", "x", wrong), refused);
  for (const good of ["/there", "http://example.com/", "https://example.com/"]) {
    await house.put(BUCKET, "moved", "x", { WebsiteRedirectLocation: good });
  }
  await assert.rejects(house.call("CreateMultipartUpload", { ...place, ...wrong }), refused);
  await assert.rejects(house.call("CopyObject", { ...place, CopySource: `${BUCKET}/moved`, ...wrong }), refused);
  const body = testBody([Buffer.from("x")]);
  await house.put(BUCKET, "moved", "", {}, { body, headers: { expires: "-1" } });
  assert.equal((await house.call<Record<string, unknown>>("HeadObject", place))["ExpiresString"], "-1");
});
