import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { AwsError, isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { OTHER_ACCOUNT, rootCaller, TEST_ACCOUNT, userCaller } from "../../../kit/testing.js";
import { BUCKET, KEY_ARN, type S3House, s3House } from "../testing.js";

let house: S3House;
before(async () => {
  house = await s3House();
});
after(() => house.close());

const update = (Key: string, SSEKMS: object, input: object = {}, parts: object = {}) =>
  house.call("UpdateObjectEncryption", { Bucket: BUCKET, Key, ObjectEncryption: { SSEKMS }, ...input }, parts);
const refused = (code: string, beginning: string) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown, code), String(thrown));
  assert.ok(thrown.message.startsWith(beginning), thrown.message);
  return true;
};
const head = (Key: string) => house.call("HeadObject", { Bucket: BUCKET, Key, ChecksumMode: "ENABLED" });
const body = Buffer.from("many segments. ".repeat(20_000));

for (const [from, input] of [
  ["SSE-S3", {}],
  ["SSE-KMS", { ServerSideEncryption: "aws:kms" }],
  ["SSE-KMS with a bucket key", { ServerSideEncryption: "aws:kms", BucketKeyEnabled: true }],
] as const) {
  for (const BucketKeyEnabled of [false, true]) {
    test(`${from} goes under a key ${BucketKeyEnabled ? "with" : "without"} a bucket key, and no byte moves`, async () => {
      const Key = `${from} ${BucketKeyEnabled}`;
      await house.put(BUCKET, Key, body, { ...input, Metadata: { a: "b" } });
      const [was, blobs] = [await head(Key), await house.blobNames()];
      await update(Key, { KMSKeyArn: KEY_ARN, BucketKeyEnabled });
      assert.deepEqual(await house.blobNames(), blobs);
      const { SSEKMSKeyId, ServerSideEncryption, BucketKeyEnabled: shown, ...kept } = await head(Key);
      assert.deepEqual([SSEKMSKeyId, ServerSideEncryption], [KEY_ARN, "aws:kms"]);
      assert.equal(shown, BucketKeyEnabled || undefined);
      for (const [name, value] of Object.entries(kept)) assert.deepEqual(value, was[name], name);
      assert.ok((await house.get(BUCKET, Key)).text.equals(body));
      // And once more, from what it made.
      await update(Key, { KMSKeyArn: KEY_ARN, BucketKeyEnabled: !BucketKeyEnabled });
      assert.ok((await house.get(BUCKET, Key)).text.equals(body));
    });
  }
}

test("without a bucket key each read is one Decrypt in the object's own context", async () => {
  await house.put(BUCKET, "calls", "x");
  const asked = house.keys.calls.length;
  await update("calls", { KMSKeyArn: KEY_ARN });
  for (let count = 0; count < 3; count++) await house.get(BUCKET, "calls");
  const calls = house.keys.calls.slice(asked);
  assert.deepEqual(
    calls.map(({ operation }) => operation),
    ["GenerateDataKey", "Decrypt", "Decrypt", "Decrypt"],
  );
  for (const { context } of calls) assert.deepEqual(context, { "aws:s3:arn": `arn:aws:s3:::${BUCKET}/calls` });
  house.keys.refusal = new AwsError("DisabledException", `${KEY_ARN} is disabled.`);
  await assert.rejects(house.get(BUCKET, "calls"), refused("KMS.DisabledException", KEY_ARN));
  await assert.rejects(update("calls", { KMSKeyArn: KEY_ARN }), refused("KMS.DisabledException", KEY_ARN));
  house.keys.refusal = undefined;
});

test("only a key ARN of the bucket's own account is taken", async () => {
  await house.put(BUCKET, "arns", "x");
  const form = "Requests that modify an object's encryption type to SSE-KMS require a valid AWS KMS key";
  for (const KMSKeyArn of ["", "1234abcd", "alias/mine", KEY_ARN.replace(/:key.*/, ":alias/mine"), `${KEY_ARN} `]) {
    await assert.rejects(update("arns", { KMSKeyArn }), refused("InvalidRequest", form), KMSKeyArn);
  }
  await assert.rejects(update("arns", { KMSKeyArn: `${KEY_ARN}${"a".repeat(2048)}` }), refused("InvalidRequest", form));
  await assert.rejects(
    update("arns", { KMSKeyArn: "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab" }),
    refused("AccessDenied", "The AWS KMS key in the request must be owned by the same account as the bucket."),
  );
  assert.equal((await head("arns"))["ServerSideEncryption"], "AES256");
});

test("in an organization the key may be of another of its accounts, and of no other", async () => {
  await house.put(BUCKET, "shared", "x");
  const of = (account: string) => PLACES.get(account);
  const parts = { caller: { ...rootCaller(), organizations: { of } } };
  const elsewhere = KEY_ARN.replace(TEST_ACCOUNT, "777777777777");
  for (const KMSKeyArn of [elsewhere, KEY_ARN.replace(TEST_ACCOUNT, "999999999999")]) {
    await assert.rejects(
      update("shared", { KMSKeyArn }, {}, parts),
      refused("AccessDenied", "The specified AWS KMS key must be from the same organization in AWS Organizations"),
    );
  }
  await assert.rejects(
    update("shared", { KMSKeyArn: elsewhere }),
    refused("AccessDenied", "The AWS KMS key in the request must be owned by the same account as the bucket."),
  );
  assert.equal((await head("shared"))["ServerSideEncryption"], "AES256");
  // The stand-in for KMS knows no key of that account: that it was asked shows that S3 let it pass.
  const sisters = KEY_ARN.replace(TEST_ACCOUNT, OTHER_ACCOUNT);
  await assert.rejects(update("shared", { KMSKeyArn: sisters }, {}, parts), refused("KMS.NotFoundException", ""));
});

const PLACES = new Map([
  [TEST_ACCOUNT, { organization: "o-1", path: "o-1/r-1/" }],
  [OTHER_ACCOUNT, { organization: "o-1", path: "o-1/r-1/" }],
  ["777777777777", { organization: "o-2", path: "o-2/r-2/" }],
]) as ReadonlyMap<string, { organization: string; path: string }>; // asked by any account's id

test("no other encryption can be asked for, and no old signature will do", async () => {
  await house.put(BUCKET, "types", "x");
  const ask = (bytes: string) =>
    house.call(
      "UpdateObjectEncryption",
      { Bucket: BUCKET, Key: "types", ObjectEncryption: {} },
      { bytes: Buffer.from(bytes), headers: { "content-md5": createHash("md5").update(bytes).digest("base64") } },
    );
  const none = "Requests that modify an object encryption configuration require a valid new encryption type.";
  await assert.rejects(ask("<ObjectEncryption/>"), refused("InvalidRequest", none));
  await assert.rejects(ask("<ObjectEncryption><SSE-S3/></ObjectEncryption>"), refused("InvalidRequest", none));
  for (const type of ["DSSE-KMS", "SSE-C"]) {
    await assert.rejects(
      ask(`<ObjectEncryption><${type}/></ObjectEncryption>`),
      refused("InvalidRequest", "The UpdateObjectEncryption operation doesn't support updating the encryption type to"),
    );
  }
  await assert.rejects(
    update("types", { KMSKeyArn: KEY_ARN }, {}, { signatureVersion: "AWS" }),
    refused(
      "InvalidRequest",
      "Requests that modify an object encryption configuration require AWS Signature Version 4.",
    ),
  );
});

test("what is sealed twice, under a customer's key or not spoken of is no source; what is missing is missing", async () => {
  const old = await s3House({
    rules: { defaultEncryption: "none", newBucketsBlockSseC: false, customerKeysNeedTls: false },
  });
  const key = Buffer.alloc(32, 7);
  const customers = {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: key.toString("base64"),
    SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
  };
  await old.put(BUCKET, "plain", "x");
  await old.put(BUCKET, "c", "x", customers);
  await old.put(BUCKET, "dsse", "x", { ServerSideEncryption: "aws:kms:dsse" });
  const ask = (Key: string) =>
    old.call("UpdateObjectEncryption", { Bucket: BUCKET, Key, ObjectEncryption: { SSEKMS: { KMSKeyArn: KEY_ARN } } });
  const beginning = "The UpdateObjectEncryption operation doesn't support";
  await assert.rejects(ask("plain"), refused("InvalidRequest", `${beginning}ed unencrypted source objects.`));
  for (const Key of ["c", "dsse"]) {
    await assert.rejects(ask(Key), refused("InvalidRequest", `${beginning} source objects with the encryption type`));
  }
  await assert.rejects(ask("nothing"), refused("NoSuchKey", ""));
  assert.equal((await old.call("HeadObject", { Bucket: BUCKET, Key: "plain" }))["ServerSideEncryption"], undefined);
  await assert.rejects(
    old.call("GetBucketEncryption", { Bucket: BUCKET }),
    refused("ServerSideEncryptionConfigurationNotFoundError", ""),
  );
  await old.close();
});

test("a version is changed in its place, a locked one not at all", async () => {
  const locked = await s3House();
  const Bucket = "bucket-with-locks";
  await locked.call("CreateBucket", { Bucket, ObjectLockEnabledForBucket: true });
  const first = await locked.put(Bucket, "k", "first");
  await locked.put(Bucket, "k", "second");
  const ask = (VersionId: unknown) =>
    locked.call("UpdateObjectEncryption", {
      Bucket,
      Key: "k",
      VersionId,
      ObjectEncryption: { SSEKMS: { KMSKeyArn: KEY_ARN } },
    });
  await ask(first["VersionId"]);
  const old = await locked.get(Bucket, "k", { VersionId: first["VersionId"] });
  assert.deepEqual([old.text.toString(), old["SSEKMSKeyId"], old.ETag], ["first", KEY_ARN, first.ETag]);
  const third = await locked.put(Bucket, "k", "third");
  await locked.call("PutObjectLegalHold", {
    Bucket,
    Key: "k",
    VersionId: third["VersionId"],
    LegalHold: { Status: "ON" },
  });
  const protectedBy = "The encryption type for the specified object can’t be updated because that object is protected";
  await assert.rejects(ask(third["VersionId"]), refused("AccessDenied", protectedBy));
  await locked.call("PutObjectLegalHold", {
    Bucket,
    Key: "k",
    VersionId: third["VersionId"],
    LegalHold: { Status: "OFF" },
  });
  await ask(third["VersionId"]);
  await locked.close();
});

test("a permission of its own is asked for", async () => {
  await house.put(BUCKET, "mine", "x");
  await assert.rejects(update("mine", { KMSKeyArn: KEY_ARN }, {}, { caller: userCaller("nobody") }), Denied);
});
