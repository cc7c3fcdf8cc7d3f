import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { AwsError, isAwsError, LIMITS } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { BUCKET, collected, KEY_ARN, KEY_ID, s3House } from "../testing.js";

const house = await s3House({ rules: { newBucketsBlockSseC: false, customerKeysNeedTls: false } });
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name) || String(thrown);
const put = (Key: string, AnnotationName: string, text: string | Buffer, input: object = {}, parts: object = {}) =>
  house.call(
    "PutObjectAnnotation",
    { Bucket: BUCKET, Key, AnnotationName, ...input },
    { body: testBody([Buffer.from(text)]), ...parts },
  );
const get = (Key: string, AnnotationName: string, input: object = {}) =>
  house.call("GetObjectAnnotation", { Bucket: BUCKET, Key, AnnotationName, ...input });
const textOf = async (Key: string, name: string) =>
  (await collected((await get(Key, name))["AnnotationPayload"])).toString();
const names = async (Key: string) =>
  ((await house.call("ListObjectAnnotations", { Bucket: BUCKET, Key }))["Annotations"] as { AnnotationName: string }[]) // the operation's own answer
    .map(({ AnnotationName }) => AnnotationName);
const md5 = (text: string) => createHash("md5").update(text).digest();

test("what may not be written is refused in S3's words, and leaves nothing", async () => {
  await house.put(BUCKET, "refusals", "x");
  const blobs = await house.blobNames();
  for (const name of ["", " ", "a b", "a/b", "aws.x", "AWS", "s3-x", "S3", "a\u0000", "a:b", "😀"]) {
    await assert.rejects(put("refusals", name, "x"), code("InvalidAnnotationName"), JSON.stringify(name));
  }
  await assert.rejects(put("refusals", "é".repeat(257), "x"), code("AnnotationNameTooLong"));
  await assert.rejects(put("refusals", "n", ""), code("InvalidRequest"));
  await assert.rejects(put("refusals", "n", Buffer.alloc(LIMITS.s3AnnotationBytes + 1, "a")), code("EntityTooLarge"));
  const broken = [Buffer.from([0xff]), Buffer.from("€").subarray(0, 2), Buffer.from([0x61, 0x80]), Buffer.from([0xc0])];
  for (const bytes of broken) await assert.rejects(put("refusals", "n", bytes), code("UnsupportedMediaType"));
  const late = Buffer.concat([Buffer.alloc(40_000, "a"), Buffer.from([0xe2, 0x82])]);
  await assert.rejects(put("refusals", "n", late), code("UnsupportedMediaType"));
  const wrong = { ChecksumSHA256: Buffer.alloc(32).toString("base64") };
  await assert.rejects(put("refusals", "n", "x", wrong), code("BadDigest"));
  await assert.rejects(put("refusals", "n", "x".repeat(40_000), wrong), code("BadDigest"));
  await assert.rejects(put("refusals", "n", "x", { ContentMD5: md5("y").toString("base64") }), code("BadDigest"));
  await assert.rejects(put("refusals", "n", "x", { ObjectIfMatch: '"0"' }), code("PreconditionFailed"));
  await assert.rejects(put("no-such-key", "n", "x"), code("NoSuchKey"));
  await assert.rejects(put("refusals", "n", "x", {}, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(put("refusals", "n", "x", { ExpectedBucketOwner: "999999999999" }), code("AccessDenied"));
  await assert.rejects(
    put("refusals", "n", "x", {}, { headers: { "x-amz-server-side-encryption": "aws:kms" } }),
    code("InvalidArgument"),
  );
  assert.deepEqual(await names("refusals"), []);
  assert.deepEqual(await house.blobNames(), blobs);
});

test("texts of every size are kept, replaced and told", async () => {
  const { ETag } = await house.put(BUCKET, "sizes", "x");
  for (const [name, text] of [
    ["one", "a"],
    ["Größe_1.x-y", "€".repeat(5000)],
    ["blob", "ü".repeat(20_000)],
    ["most", "a".repeat(LIMITS.s3AnnotationBytes)],
  ] as const) {
    const answer = await put("sizes", name, text, { ObjectIfMatch: ETag });
    assert.deepEqual([answer["Key"], answer["AnnotationName"]], ["sizes", name]);
    assert.equal(answer["ETag"], `"${md5(text).toString("hex")}"`);
    assert.equal(answer["ServerSideEncryption"], "AES256");
    assert.ok(answer["ChecksumCRC64NVME"]);
    assert.equal(await textOf("sizes", name), text);
  }
  const blobs = (await house.blobNames()).length;
  await put("sizes", "blob", "small now");
  assert.equal(await textOf("sizes", "blob"), "small now");
  assert.equal((await house.blobNames()).length, blobs - 1);
  assert.equal((await house.get(BUCKET, "sizes")).ETag, ETag);
});

test("a character that two pieces of the body share is whole", async () => {
  await house.put(BUCKET, "cut", "x");
  const text = Buffer.from("a€𝄞é".repeat(100));
  const pieces = Array.from(text, (byte) => Buffer.from([byte]));
  await put("cut", "n", "", {}, { body: testBody(pieces) });
  assert.equal(await textOf("cut", "n"), text.toString());
  await assert.rejects(put("cut", "n", "", {}, { body: testBody(pieces.slice(0, -1)) }), code("UnsupportedMediaType"));
  assert.equal(await textOf("cut", "n"), text.toString());
});

test("each is sealed as its parent is, under a data key of its own", async () => {
  for (const [mode, input] of [
    ["aws:kms", { SSEKMSKeyId: KEY_ID, SSEKMSEncryptionContext: Buffer.from('{"a":"b"}').toString("base64") }],
    ["aws:kms", { SSEKMSKeyId: KEY_ID, BucketKeyEnabled: true }],
    ["aws:kms:dsse", { SSEKMSKeyId: KEY_ID }],
  ] as const) {
    const Key = `${mode} ${Object.keys(input).join()}`;
    await house.put(BUCKET, Key, "x", { ServerSideEncryption: mode, ...input });
    const asked = house.keys.calls.length;
    const answer = await put(Key, "n", "text");
    assert.equal(answer["ServerSideEncryption"], mode);
    assert.notEqual(answer["ETag"], `"${md5("text").toString("hex")}"`);
    assert.equal(await textOf(Key, "n"), "text");
    const calls = house.keys.calls.slice(asked);
    if (!("BucketKeyEnabled" in input)) {
      assert.deepEqual(
        calls.map(({ operation }) => operation),
        ["GenerateDataKey", "Decrypt"],
      );
      const own = "SSEKMSEncryptionContext" in input ? { a: "b" } : {};
      for (const { context } of calls) {
        assert.deepEqual(context, { ...own, "aws:s3:arn": `arn:aws:s3:::${BUCKET}/${Key}` });
      }
    }
    house.keys.refusal = new AwsError("DisabledException", `${KEY_ARN} is disabled.`);
    house.keys.changes += 1;
    await assert.rejects(get(Key, "n"), code("KMS.DisabledException"));
    await assert.rejects(put(Key, "other", "text"), code("KMS.DisabledException"));
    house.keys.refusal = undefined;
  }
});

test("an object under a customer's key has none; one that S3 left unencrypted has them under SSE-S3", async () => {
  const key = Buffer.alloc(32, 7);
  await house.put(BUCKET, "customers", "x", {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: key.toString("base64"),
    SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
  });
  await assert.rejects(put("customers", "n", "x"), code("InvalidRequest"));
  assert.deepEqual(await names("customers"), []);
  const old = await s3House({ rules: { defaultEncryption: "none" } });
  await old.put(BUCKET, "k", "x");
  const input = { Bucket: BUCKET, Key: "k", AnnotationName: "n" };
  const answer = await old.call("PutObjectAnnotation", input, { body: testBody([Buffer.from("x")]) });
  assert.equal(answer["ServerSideEncryption"], "AES256");
  await old.close();
});

test("checksums go in and out as the request chose them", async () => {
  await house.put(BUCKET, "sums", "x");
  const ChecksumSHA256 = createHash("sha256").update("text").digest("base64");
  const answer = await put("sums", "n", "text", { ChecksumSHA256, ContentMD5: md5("text").toString("base64") });
  assert.deepEqual([answer["ChecksumSHA256"], answer["ChecksumType"]], [ChecksumSHA256, "FULL_OBJECT"]);
  assert.equal((await get("sums", "n"))["ChecksumSHA256"], undefined);
  assert.equal((await get("sums", "n", { ChecksumMode: "ENABLED" }))["ChecksumSHA256"], ChecksumSHA256);
});

test("a thousand and no more; one that is there may be replaced", async () => {
  await house.put(BUCKET, "many", "x");
  await put("many", "n0", "x");
  await house.database.write(async (tx) => {
    await tx.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
       INSERT INTO annotations (parent_id, name, bucket_id, key, body_id, encryption, data_key)
       SELECT parent_id, CAST('n' || i AS BLOB), bucket_id, key, body_id || i, encryption, data_key
       FROM annotations, n WHERE name = CAST('n0' AS BLOB) AND key = CAST('many' AS BLOB)`,
    );
  });
  await assert.rejects(put("many", "one-more", "x"), code("AnnotationLimitExceeded"));
  await put("many", "n0", "again");
  assert.equal(await textOf("many", "n0"), "again");
});

test("who changes rows passes no text off under another name, nor beside another version", async () => {
  await house.put(BUCKET, "victim", "x");
  await house.put(BUCKET, "other", "x");
  for (const text of ["short", "long ".repeat(10_000)]) {
    for (const [key, name] of [
      ["victim", "a"],
      ["victim", "b"],
      ["other", "a"],
    ] as const)
      await put(key, name, text);
    const change = (sql: string, key: string, name: string) =>
      house.database.write((tx) =>
        tx.run(`UPDATE annotations SET ${sql} WHERE key = ? AND name = ?`, Buffer.from(key), Buffer.from(name)),
      );
    const isBroken = (thrown: unknown) => thrown instanceof Error && !isAwsError(thrown);
    await change("name = CAST('away' AS BLOB)", "victim", "a");
    await change("name = CAST('a' AS BLOB)", "victim", "b");
    await assert.rejects(get("victim", "a"), isBroken);
    await change("name = CAST('b' AS BLOB)", "victim", "a");
    await change("name = CAST('a' AS BLOB)", "victim", "away");
    assert.equal(await textOf("victim", "a"), text);

    const parentOf = (key: string) =>
      house.database.read((tx) =>
        tx.get<{ parent_id: string }>("SELECT parent_id FROM annotations WHERE key = ? LIMIT 1", Buffer.from(key)),
      );
    const [victim, other] = [await parentOf("victim"), await parentOf("other")];
    await change(`name = CAST('moved' AS BLOB), parent_id = '${other?.parent_id}'`, "victim", "b");
    await assert.rejects(get("other", "moved"), isBroken);
    await change(`name = CAST('b' AS BLOB), parent_id = '${victim?.parent_id}'`, "victim", "moved");
    assert.equal(await textOf("victim", "b"), text);
  }
});
