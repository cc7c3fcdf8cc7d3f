import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestHead } from "./port.js";
import { decode, head, kms, refused, s3, scoped, wire } from "./testing.js";

test("the service is known by scope, presigned scope, target, host, and else it is S3", () => {
  const idOf = (request: RequestHead) => wire.recognise(request)?.service.id;
  assert.equal(idOf(head("POST", "/", scoped("elasticfilesystem"))), "efs");
  assert.equal(idOf(head("GET", "/b/k?X-Amz-Credential=AK%2F20261121%2Fus-east-1%2Fs3%2Faws4_request")), "s3");
  assert.equal(idOf(head("POST", "/", { "x-amz-target": "DynamoDB_20120810.ListTables" })), "dynamodb");
  const long = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.DescribeTrails";
  assert.equal(idOf(head("POST", "/", { "x-amz-target": long })), "cloudtrail");
  assert.equal(decode(head("POST", "/", { "x-amz-target": long })).name, "DescribeTrails");
  assert.equal(idOf(head("POST", "/", { host: "kms.us-east-1.amazonaws.com" })), "kms");
  assert.equal(idOf(head("POST", "/", { "content-type": "application/x-www-form-urlencoded" })), "sts");
  assert.equal(idOf(head("GET", "/bucket/key")), "s3");
  assert.equal(idOf(head("POST", "/", scoped("sqs"))), undefined);
  assert.equal(idOf(head("POST", "/", { "x-amz-target": "AmazonSQS.SendMessage" })), undefined);
});

test("the bucket is named by the host or by the first path segment", () => {
  const bucketOf = (host: string, url: string) => decode(s3("GET", url, { host })).input["Bucket"];
  assert.equal(bucketOf("bucket.s3.localhost:7100", "/k"), "bucket");
  assert.equal(bucketOf("my.dotted.bucket.s3.us-east-1.amazonaws.com", "/k"), "my.dotted.bucket");
  assert.equal(bucketOf("bucket.s3-us-west-2.amazonaws.com", "/k"), "bucket");
  assert.equal(bucketOf("bucket.localhost", "/k"), "bucket");
  assert.equal(bucketOf("s3.localhost", "/path-bucket/k"), "path-bucket");
  assert.equal(bucketOf("s3.us-east-1.amazonaws.com", "/path-bucket/k"), "path-bucket");
  assert.equal(bucketOf("127.0.0.1:7100", "/path-bucket/k"), "path-bucket");
  assert.equal(bucketOf("[::1]:7100", "/path-bucket/k"), "path-bucket");
});

test("an object's key is everything after the bucket, decoded exactly once", () => {
  const keyOf = (url: string) => decode(s3("GET", url)).input["Key"];
  assert.equal(keyOf("/b/a+b"), "a+b");
  assert.equal(keyOf("/b/a%2Bb%20c"), "a+b c");
  assert.equal(keyOf("/b/a%252Fb"), "a%2Fb");
  assert.equal(keyOf("/b/../../etc/passwd"), "../../etc/passwd");
  assert.equal(keyOf("/b//x//y/"), "/x//y/");
  assert.equal(keyOf("/b/%F0%9F%98%80%0A"), "😀\n");
  assert.throws(() => keyOf("/b/%ZZ"), refused("InvalidURI"));
  assert.throws(() => keyOf("/b/%FF"), refused("InvalidURI"));
});

const S3_ROUTES: readonly (readonly [method: string, url: string, name: string, headers?: Record<string, string>])[] = [
  ["GET", "/", "ListBuckets"],
  ["GET", "/?x-id=ListDirectoryBuckets", "ListDirectoryBuckets"],
  ["GET", "/b", "ListObjects"],
  ["GET", "/b/", "ListObjects"],
  ["GET", "/b?prefix=x", "ListObjects"],
  ["GET", "/b?list-type=2", "ListObjectsV2"],
  ["GET", "/b?list-type=3", "ListObjects"],
  ["GET", "/b?versions", "ListObjectVersions"],
  ["GET", "/b?uploads", "ListMultipartUploads"],
  ["GET", "/b?analytics", "ListBucketAnalyticsConfigurations"],
  ["GET", "/b?analytics&id=1", "GetBucketAnalyticsConfiguration"],
  ["GET", "/b/k", "GetObject"],
  ["GET", "/b/k?uploadId=1", "ListParts"],
  ["GET", "/b/k?x-id=ListParts", "GetObject"],
  ["GET", "/b/k?attributes", "GetObjectAttributes", { "x-amz-object-attributes": "ETag" }],
  ["HEAD", "/b", "HeadBucket"],
  ["HEAD", "/b/k", "HeadObject"],
  ["PUT", "/b", "CreateBucket"],
  ["PUT", "/b/k", "PutObject"],
  ["PUT", "/b/k?x-id=GetObject", "PutObject"],
  ["PUT", "/b/k", "CopyObject", { "x-amz-copy-source": "b/j" }],
  ["PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"],
  ["PUT", "/b/k?partNumber=1&uploadId=u", "UploadPartCopy", { "x-amz-copy-source": "b/j" }],
  ["DELETE", "/b/k?uploadId=u", "AbortMultipartUpload"],
  ["DELETE", "/b/k", "DeleteObject"],
  ["DELETE", "/b", "DeleteBucket"],
];

for (const [method, url, name, headers] of S3_ROUTES) {
  test(`${method} ${url} ${headers ? Object.keys(headers).join() : ""} is ${name}`, () => {
    const request = s3(method, url, headers);
    const recognised = wire.recognise(request);
    assert.ok(recognised);
    assert.equal(wire.route(recognised, request, undefined).operation.name, name);
  });
}

test("what no operation answers is refused in the protocol's words", () => {
  assert.throws(() => decode(s3("DELETE", "/")), refused("MethodNotAllowed"));
  assert.throws(() => decode(s3("PATCH", "/b/k")), refused("MethodNotAllowed"));
  const ofBucket = decode(s3("GET", "/v20180820/configuration"));
  assert.equal(ofBucket.name, "GetObject", "a bucket may be called like that");
  assert.throws(() => decode(kms("Nonsense"), "{}"), refused("UnknownOperationException"));
  assert.throws(() => decode(kms("constructor"), "{}"), refused("UnknownOperationException"));
  const wrongPrefix = head("POST", "/", scoped("kms", { "x-amz-target": "Other.Encrypt" }));
  assert.throws(() => decode(wrongPrefix, "{}"), refused("UnknownOperationException"));
  const lambda = head("GET", "/nowhere", scoped("lambda"));
  assert.throws(() => decode(lambda), refused("UnknownOperationException"));
  assert.throws(
    () => decode(head("POST", "/", scoped("iam")), "Action=Nonsense&Version=2010-05-08"),
    refused("InvalidAction", "Could not find operation Nonsense for version 2010-05-08"),
  );
  assert.throws(() => decode(head("POST", "/", scoped("iam")), "Version=2010-05-08"), refused("MissingAction"));
  assert.throws(
    () => decode(head("POST", "/", scoped("ec2")), "Action=X"),
    refused("InvalidAction", /The action X is not valid/),
  );
});

test("S3 Control is told from S3 by its path and the account's header, at any host that its clients make", () => {
  const control = (host: string, url = "/v20180820/configuration/publicAccessBlock") =>
    s3("GET", url, { host, "x-amz-account-id": "111122223333" });
  const hosts = ["127.0.0.1:7100", "111122223333.127.0.0.1:7100", "111122223333.localhost:7100"];
  for (const host of [...hosts, "111122223333.s3-control.us-east-1.amazonaws.com"])
    assert.deepEqual(decode(control(host)), { name: "GetPublicAccessBlock", input: { AccountId: "111122223333" } });
  assert.equal(decode(control("localhost", "/v20180820/jobs/a%2Fb")).input["JobId"], "a/b");
  const unsigned = wire.recognise({ ...control("localhost"), headers: { "x-amz-account-id": "1" } });
  assert.equal(unsigned?.service.id, "s3-control", "unsigned requests too");
  assert.equal(decode(s3("GET", "/v20180820x/k", { "x-amz-account-id": "1" })).name, "GetObject");
  assert.throws(() => decode(control("localhost", "/v20180820/nowhere")), refused("UnknownOperationException"));
});

test("user metadata comes from its headers without the prefix", () => {
  const { input } = decode(s3("PUT", "/b/k", { "x-amz-meta-a": "1", "x-amz-meta-__proto__": "2" }));
  assert.deepEqual(Object.entries(input["Metadata"] as object), [
    ["a", "1"],
    ["__proto__", "2"],
  ]);
});
