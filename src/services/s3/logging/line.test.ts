import assert from "node:assert/strict";
import { test } from "node:test";
import type { Region } from "../../../base/index.js";
import type { Answered } from "../../../kit/index.js";
import { anonymousCaller, rootCaller, TEST_ACCOUNT, userCaller } from "../../../kit/testing.js";
import { canonicalUserId } from "../names.js";
import type { Bucket } from "../store/index.js";
import { logLine } from "./line.js";
import { logName } from "./operation-names.js";

const BUCKET: Bucket = {
  name: "logged",
  id: "1",
  account: TEST_ACCOUNT,
  region: "us-east-1" as Region, // a Region's name
  createdMs: 0,
  settings: new Map(),
};
const OWNER = canonicalUserId(TEST_ACCOUNT);

const told = (parts: Partial<Answered> = {}): Answered => ({
  operation: "GetObject",
  input: { Bucket: "logged", Key: "a b/ü" },
  labels: {},
  notes: { resources: [], additionalEventData: {} },
  caller: rootCaller(),
  signatureVersion: "AWS4-HMAC-SHA256",
  requestId: "3e57427f",
  time: new Date("2026-02-06T00:00:38.123Z"),
  sourceIp: "192.0.2.3",
  method: "GET",
  url: "/logged/a%20b/%C3%BC?x-id=GetObject",
  headers: { host: "localhost:4599", authorization: "AWS4 …", "user-agent": "S3Console/0.4" },
  tls: { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
  status: 206,
  errorCode: undefined,
  answerHeaders: { "content-length": "113", "content-range": "bytes 0-112/5000" },
  isWhole: true,
  turnAroundMs: 3,
  totalMs: 7,
  ...parts,
});

/** Fields of a line: quoted ones and the time are one each. */
const fields = (line: string) => line.match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? [];

test("a line has S3's fields in S3's order", () => {
  assert.equal(
    logLine(BUCKET, told()),
    `${OWNER} logged [06/Feb/2026:00:00:38 +0000] 192.0.2.3 ${OWNER} 3e57427f REST.GET.OBJECT a%20b/%C3%BC ` +
      `"GET /logged/a%20b/%C3%BC?x-id=GetObject HTTP/1.1" 206 - 113 5000 7 3 "-" "S3Console/0.4" - M2U1NzQyN2Y= ` +
      "SigV4 TLS_AES_256_GCM_SHA384 AuthHeader localhost:4599 TLSv1.3 - -",
  );
});

test("what is not known is a dash", () => {
  const line = logLine(
    BUCKET,
    told({
      operation: undefined,
      input: undefined,
      caller: anonymousCaller(),
      signatureVersion: undefined,
      headers: {},
      tls: undefined,
      errorCode: "AccessDenied",
      status: 403,
      answerHeaders: {},
    }),
  );
  assert.equal(fields(line).length, 26);
  assert.equal(fields(line)[4], "-");
  assert.equal(fields(line)[6], "REST.GET");
  assert.deepEqual(fields(line).slice(9, 13), ["403", "AccessDenied", "-", "-"]);
});

test("nothing that a client sends makes a field or a line of its own", () => {
  const evil = 'x" 200 - "\r\nforged \\ é\u{1F600}';
  const headers = { "user-agent": evil, referer: evil, host: 'a b"c' };
  const line = logLine(BUCKET, told({ headers, input: { Key: evil, VersionId: "a b\n" } }));
  assert.equal(fields(line).length, 26);
  assert.match(line, /^[ -~]*$/);
});

test("no signature and no token of a presigned URL is written down", () => {
  const url = "/logged/a?X-Amz-Signature=secret1&X-Amz-Security-Token=secret2&x=1&Signature=secret3";
  const line = logLine(BUCKET, told({ url, headers: {} }));
  assert.doesNotMatch(line, /secret/);
  assert.match(line, /X-Amz-Signature=\*\*\*&X-Amz-Security-Token=\*\*\*&x=1/);
  assert.equal(fields(line)[21], "QueryString");
});

test("users are their ARNs; bytes are what was sent and what the object has", () => {
  assert.equal(fields(logLine(BUCKET, told({ caller: userCaller("ann") })))[4], userCaller("ann").principal.arn);
  const notes = { resources: [], additionalEventData: { bytesTransferredIn: 42 } };
  const put = told({ operation: "PutObject", method: "PUT", notes, answerHeaders: { "content-length": "0" } });
  assert.deepEqual(fields(logLine(BUCKET, put)).slice(11, 13), ["-", "42"]);
  assert.deepEqual(fields(logLine(BUCKET, told({ isWhole: false }))).slice(11, 13), ["-", "5000"]);
});

test("operations have S3's names", () => {
  const names: [string, string, string][] = [
    ["PUT", "CopyObject", "REST.COPY.OBJECT"],
    ["PUT", "UploadPartCopy", "REST.COPY.PART"],
    ["POST", "DeleteObjects", "REST.POST.MULTI_OBJECT_DELETE"],
    ["POST", "CreateMultipartUpload", "REST.POST.UPLOADS"],
    ["GET", "GetBucketVersioning", "REST.GET.VERSIONING"],
    ["GET", "GetBucketLogging", "REST.GET.LOGGING_STATUS"],
    ["PUT", "PutObjectTagging", "REST.PUT.OBJECT_TAGGING"],
    ["DELETE", "DeleteBucketEncryption", "REST.DELETE.ENCRYPTION"],
    ["GET", "GetPublicAccessBlock", "REST.GET.PUBLIC_ACCESS_BLOCK"],
  ];
  for (const [method, operation, name] of names) assert.equal(logName(method, operation), name);
});
