import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const head = (Key: string, input: object = {}, parts: object = {}) =>
  house.call("HeadObject", { Bucket: BUCKET, Key, ...input }, parts);

test("a head is refused as a get is", async () => {
  await house.put(BUCKET, "k", "content");
  await assert.rejects(head("k", {}, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(head("missing"), (thrown) => isAwsError(thrown, "NoSuchKey"));
  await assert.rejects(head("k", { IfMatch: '"other"' }), (thrown) => isAwsError(thrown, "PreconditionFailed"));
  await assert.rejects(head("k", { Range: "bytes=7-" }), (thrown) => isAwsError(thrown, "InvalidRange"));
});

test("headers come back as they were put, without a body and without any key", async () => {
  const input = {
    ContentType: "text/plain; charset=utf-8",
    ContentEncoding: "aws-chunked,gzip",
    ContentDisposition: 'attachment; filename="ä.txt"',
    ContentLanguage: "de",
    CacheControl: "max-age=1",
    StorageClass: "STANDARD_IA",
    Metadata: { "x-amz-key-v2": "AAA=", ü: "=?UTF-8?B?w7Y=?=", word: "=?UTF-8?Q?a=20b?=" },
    ServerSideEncryption: "aws:kms",
  };
  await house.put(BUCKET, "headers", "content", input, { headers: { expires: "Thu, 01 Jan 2099 00:00:00 GMT" } });
  const before = house.keys.calls.length;
  const answer = await head("headers");
  assert.equal(house.keys.calls.length, before);
  assert.equal(answer["Body"], undefined);
  assert.equal(answer["ContentLength"], 7);
  assert.equal(answer["ContentType"], input.ContentType);
  assert.equal(answer["ContentEncoding"], "gzip");
  assert.equal(answer["ContentDisposition"], input.ContentDisposition);
  assert.equal(answer["ContentLanguage"], "de");
  assert.equal(answer["CacheControl"], "max-age=1");
  assert.equal(answer["ExpiresString"], "Thu, 01 Jan 2099 00:00:00 GMT");
  assert.equal(answer["StorageClass"], "STANDARD_IA");
  assert.deepEqual(answer["Metadata"], { ...input.Metadata, word: "a b" });
});

test("a head of a range tells of the range", async () => {
  await house.put(BUCKET, "range", "content");
  const answer = await head("range", { Range: "bytes=2-3" });
  assert.equal(answer["ContentRange"], "bytes 2-3/7");
  assert.equal(answer["ContentLength"], 2);
});
