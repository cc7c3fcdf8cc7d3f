import assert from "node:assert/strict";
import { after, test } from "node:test";
import { AwsError, isAwsError } from "../../../base/index.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const attributes = (Key: string, ...ObjectAttributes: string[]) =>
  house.call("GetObjectAttributes", { Bucket: BUCKET, Key, ObjectAttributes });

test("only what was asked for is told, the ETag without quotes", async () => {
  const { ETag } = await house.put(BUCKET, "k", "content");
  const answer = await attributes("k", "ETag", "ObjectSize", "StorageClass");
  assert.equal(answer["ETag"], String(ETag).slice(1, -1));
  assert.equal(answer["ObjectSize"], 7);
  assert.equal(answer["StorageClass"], "STANDARD");
  assert.equal(answer["Checksum"], undefined);
  assert.equal((await attributes("k", "ObjectParts"))["ObjectParts"], undefined);
});

test("unknown attributes, none at all and missing keys are refused", async () => {
  await house.put(BUCKET, "k", "x");
  await assert.rejects(attributes("k", "Colour"), (thrown) => isAwsError(thrown, "InvalidArgument"));
  await assert.rejects(attributes("k"), (thrown) => isAwsError(thrown, "InvalidArgument"));
  await assert.rejects(attributes("missing", "ETag"), (thrown) => isAwsError(thrown, "NoSuchKey"));
});

test("the checksum of a KMS object is told to who may decrypt, the rest to who may read", async () => {
  await house.put(BUCKET, "kms", "x", { ServerSideEncryption: "aws:kms" });
  house.keys.refusal = new AwsError("AccessDeniedException", "no");
  await attributes("kms", "ETag", "ObjectSize");
  await house.call("HeadObject", { Bucket: BUCKET, Key: "kms" });
  await assert.rejects(attributes("kms", "Checksum"), (thrown) => isAwsError(thrown, "AccessDenied"));
  await assert.rejects(house.call("HeadObject", { Bucket: BUCKET, Key: "kms", ChecksumMode: "ENABLED" }), (thrown) =>
    isAwsError(thrown, "AccessDenied"),
  );
  house.keys.refusal = undefined;
  assert.ok((await attributes("kms", "Checksum"))["Checksum"]);
});
