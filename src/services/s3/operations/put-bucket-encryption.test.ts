import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { BUCKET, KEY_ARN, KEY_ID, MANAGED_ARN, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const put = (Rules: object[], Bucket = BUCKET) =>
  house.call("PutBucketEncryption", { Bucket, ServerSideEncryptionConfiguration: { Rules } });
const rule = (SSEAlgorithm: string, KMSMasterKeyID?: string, more: object = {}) => ({
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm, ...(KMSMasterKeyID ? { KMSMasterKeyID } : {}) },
  ...more,
});
const BLOCKED = { BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] } };
const get = async () =>
  (await house.call("GetBucketEncryption", { Bucket: BUCKET }))["ServerSideEncryptionConfiguration"];
const NEW = { Rules: [{ ...rule("AES256"), BucketKeyEnabled: false, ...BLOCKED }] };

test("a new bucket has SSE-S3 and blocks SSE-C", async () => assert.deepEqual(await get(), NEW));

test("no rule, two rules, unknown algorithms and a key beside AES256 are refused", async () => {
  await assert.rejects(put([]), code("MalformedXML"));
  await assert.rejects(put([rule("AES256"), rule("AES256")]), code("MalformedXML"));
  await assert.rejects(put([rule("aws:fsx")]), code("MalformedXML"));
  await assert.rejects(put([rule("AES256", KEY_ID)]), (thrown) => {
    assert.ok(isAwsError(thrown, "InvalidArgument"));
    assert.equal(
      thrown.message,
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
    );
    assert.deepEqual(thrown.fields, { ArgumentName: "ApplyServerSideEncryptionByDefault" });
    return true;
  });
  await assert.rejects(put([rule("aws:kms:dsse", KEY_ID, { BucketKeyEnabled: true })]), code("InvalidArgument"));
  await assert.rejects(
    put([rule("AES256", undefined, { BlockedEncryptionTypes: { EncryptionType: ["SSE-KMS"] } })]),
    code("MalformedXML"),
  );
  await assert.rejects(put([rule("AES256")], "no-such-bucket"), code("NoSuchBucket"));
  assert.deepEqual(await get(), NEW);
});

test("only who may change it changes it", async () => {
  const nobody = { caller: userCaller("nobody") };
  for (const name of ["PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption"]) {
    await assert.rejects(house.call(name, { Bucket: BUCKET, ServerSideEncryptionConfiguration: {} }, nobody), Denied);
  }
});

test("the bucket's key is for requests without headers alone, as it was written", async () => {
  await put([rule("aws:kms", KEY_ID, { BucketKeyEnabled: true })]);
  assert.deepEqual(await get(), { Rules: [{ ...rule("aws:kms", KEY_ID), BucketKeyEnabled: true, ...BLOCKED }] });
  const byDefault = await house.put(BUCKET, "k", "x");
  assert.equal(byDefault["SSEKMSKeyId"], KEY_ARN);
  assert.equal(byDefault["BucketKeyEnabled"], true);
  const named = await house.put(BUCKET, "k", "x", { ServerSideEncryption: "aws:kms", BucketKeyEnabled: false });
  assert.equal(named["SSEKMSKeyId"], MANAGED_ARN);
  assert.equal(named["BucketKeyEnabled"], undefined);
  const owned = await house.put(BUCKET, "k", "x", { ServerSideEncryption: "AES256" });
  assert.deepEqual([owned["ServerSideEncryption"], owned["SSEKMSKeyId"]], ["AES256", undefined]);
});

test("what is there keeps its own encryption when the rule changes, and a bad key shows at the first write", async () => {
  await house.put(BUCKET, "old", "x", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  await put([rule("aws:kms", "no-such-key")]);
  await assert.rejects(house.put(BUCKET, "new", "x"), code("KMS.NotFoundException"));
  assert.equal((await house.get(BUCKET, "old"))["SSEKMSKeyId"], KEY_ARN);
});

test("an upload is fixed to what its bucket said when it began", async () => {
  await put([rule("aws:kms", KEY_ID)]);
  const { UploadId, SSEKMSKeyId } = await house.call("CreateMultipartUpload", { Bucket: BUCKET, Key: "up" });
  assert.equal(SSEKMSKeyId, KEY_ARN);
  await put([rule("AES256")]);
  const part = await house.call("UploadPart", { Bucket: BUCKET, Key: "up", UploadId, PartNumber: 1 });
  assert.equal(part["SSEKMSKeyId"], KEY_ARN);
});

test("SSE-C is blocked until somebody says NONE, and then its headers are read", async () => {
  await put([rule("AES256")]);
  await assert.rejects(house.put(BUCKET, "c", "x", { SSECustomerAlgorithm: "AES256" }), code("AccessDenied"));
  await put([rule("AES256", undefined, { BlockedEncryptionTypes: { EncryptionType: ["NONE"] } })]);
  await assert.rejects(house.put(BUCKET, "c", "x", { SSECustomerAlgorithm: "AES256" }), code("InvalidRequest"));
  await assert.rejects(
    house.put(BUCKET, "c", "x", { SSECustomerAlgorithm: "AES256", ServerSideEncryption: "AES256" }),
    code("InvalidArgument"),
  );
  await put([rule("AES256", undefined, BLOCKED)]);
});

test("a rule that speaks of blocked types alone leaves the default as it is", async () => {
  await put([rule("aws:kms", KEY_ID)]);
  await put([{ ...BLOCKED }]);
  assert.deepEqual(await get(), { Rules: [{ ...rule("aws:kms", KEY_ID), BucketKeyEnabled: false, ...BLOCKED }] });
});

test("DSSE-KMS as a default is for requests without headers alone", async () => {
  await put([rule("aws:kms:dsse", KEY_ID)]);
  const byDefault = await house.put(BUCKET, "d", "x");
  assert.deepEqual([byDefault["ServerSideEncryption"], byDefault["SSEKMSKeyId"]], ["aws:kms:dsse", KEY_ARN]);
  const named = await house.put(BUCKET, "d", "x", { ServerSideEncryption: "aws:kms:dsse" });
  assert.equal(named["SSEKMSKeyId"], MANAGED_ARN);
});

test("deleting resets to SSE-S3, again and again", async () => {
  await put([rule("aws:kms", KEY_ID)]);
  await house.call("DeleteBucketEncryption", { Bucket: BUCKET });
  await house.call("DeleteBucketEncryption", { Bucket: BUCKET });
  assert.deepEqual(await get(), NEW);
});
