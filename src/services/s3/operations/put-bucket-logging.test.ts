import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError, type Region } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { OTHER_ACCOUNT, rootCaller, userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());
const LOGS = "bucket-of-logs";
await house.call("CreateBucket", { Bucket: LOGS });
await house.call("CreateBucket", { Bucket: "another-account" }, { caller: rootCaller(OTHER_ACCOUNT) });
await house.call("CreateBucket", {
  Bucket: "another-region",
  CreateBucketConfiguration: { LocationConstraint: "eu-west-1" as Region }, // a Region's name
});
await house.call("CreateBucket", { Bucket: "with-kms" });
const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }];
await house.call("PutBucketEncryption", { Bucket: "with-kms", ServerSideEncryptionConfiguration: { Rules } });
await house.call("CreateBucket", { Bucket: "paid-by-others" });
const RequestPaymentConfiguration = { Payer: "Requester" };
await house.call("PutBucketRequestPayment", { Bucket: "paid-by-others", RequestPaymentConfiguration });

const put = (LoggingEnabled: object | undefined, parts: object = {}) =>
  house.call("PutBucketLogging", { Bucket: BUCKET, BucketLoggingStatus: { LoggingEnabled } }, parts);
const get = () => house.call("GetBucketLogging", { Bucket: BUCKET });
const to = (TargetBucket: string, more: object = {}) => ({ TargetBucket, TargetPrefix: "log/", ...more });

test("logs go to a bucket of the same owner and Region, under SSE-S3, without grants; else nothing changes", async () => {
  await put(to(LOGS));
  const before = await get();
  await assert.rejects(put(to(LOGS), { caller: userCaller("nobody") }), Denied);
  const grants = { TargetGrants: [{ Grantee: { Type: "CanonicalUser", ID: "1" }, Permission: "READ" }] };
  const both = { TargetObjectKeyFormat: { SimplePrefix: {}, PartitionedPrefix: {} } };
  const cases: [object, string, RegExp][] = [
    [to("no-such-bucket"), "InvalidTargetBucketForLogging", /does not exist/],
    [to("another-account"), "InvalidTargetBucketForLogging", /must be the same/],
    [to("another-region"), "CrossLocationLoggingProhibitted", /Cross S3 location/],
    [to("paid-by-others"), "InvalidTargetBucketForLogging", /Requester Pays/],
    [to("with-kms"), "InvalidTargetBucketForLogging", /SSE-S3/],
    [to(LOGS, grants), "AccessControlListNotSupported", /Target grants not allowed/],
    [to(LOGS, both), "MalformedXML", /./],
    [to(LOGS, { TargetPrefix: "x".repeat(801) }), "MalformedXML", /./],
    [{ TargetPrefix: "log/" }, "MalformedXML", /./],
  ];
  for (const [bad, code, text] of cases)
    await assert.rejects(put(bad), (thrown) => isAwsError(thrown, code) && text.test(thrown.message));
  assert.deepEqual(await get(), before);
});

test("a bucket elsewhere is told with both places, and us-east-1 is no place", async () => {
  const west = "us-west-2" as Region; // a Region's name
  const fields = async (Bucket: string, target: string, parts: object = {}) => {
    const status = { Bucket, BucketLoggingStatus: { LoggingEnabled: to(target) } };
    const thrown: unknown = await house.call("PutBucketLogging", status, parts).catch((error: unknown) => error);
    assert.ok(isAwsError(thrown, "CrossLocationLoggingProhibitted"));
    return thrown.fields;
  };
  const CreateBucketConfiguration = { LocationConstraint: west };
  await house.call("CreateBucket", { Bucket: "in-the-west", CreateBucketConfiguration });
  assert.deepEqual(await fields(BUCKET, "another-region"), { TargetBucketLocation: "eu-west-1" });
  assert.deepEqual(await fields("in-the-west", "another-region", { region: west }), {
    SourceBucketLocation: "us-west-2",
    TargetBucketLocation: "eu-west-1",
  });
});

test("a configuration is shown as it was put, and none takes it away", async () => {
  const partitioned = (PartitionDateSource: string) => ({
    TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource } },
  });
  for (const more of [{}, { TargetObjectKeyFormat: { SimplePrefix: {} } }, partitioned("EventTime")]) {
    await put(to(LOGS, more));
    assert.deepEqual(await get(), { LoggingEnabled: to(LOGS, more) });
  }
  await put(to(LOGS, { TargetObjectKeyFormat: { PartitionedPrefix: {} } }));
  assert.deepEqual(await get(), { LoggingEnabled: to(LOGS, partitioned("DeliveryTime")) });
  await put(undefined);
  assert.deepEqual(await get(), {});
});
