import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError } from "../base/index.js";
import type { RequestHead } from "./port.js";
import { head, kms, s3, scoped, textOf, wire } from "./testing.js";

const answer = (request: RequestHead, error: AwsError) => {
  const parts = wire.encodeError(wire.recognise(request)?.service, error, "req-1", request);
  return { status: parts.status, headers: parts.headers, text: textOf(parts) };
};

test("awsJson errors are 400 or 500 by fault, with the message where there is one", () => {
  const of = (error: AwsError) => answer(kms("Encrypt"), error);
  const notFound = of(new AwsError("NotFoundException", "gone"));
  assert.equal(notFound.status, 400);
  assert.equal(notFound.text, '{"__type":"NotFoundException","message":"gone"}');
  assert.equal(notFound.headers["x-amzn-RequestId"], "req-1");
  assert.equal(of(new AwsError("InvalidCiphertextException")).text, '{"__type":"InvalidCiphertextException"}');
  assert.equal(
    of(new AwsError("AccessDeniedException", "no")).text,
    '{"__type":"AccessDeniedException","Message":"no"}',
  );
  assert.equal(of(new AwsError("KMSInternalException", "x")).status, 500);
  assert.equal(of(new AwsError("KeyUnavailableException", "x")).status, 500);
  assert.equal(of(new AwsError("DependencyTimeoutException", "x")).status, 503);
  assert.equal(of(new AwsError("InternalFailure", "x", { fault: "server" })).status, 500);
});

test("query errors are XML with the short code of the model and its status", () => {
  const of = (error: AwsError) => answer(head("POST", "/", scoped("iam")), error);
  const missing = of(new AwsError("NoSuchEntityException", "a < b"));
  assert.equal(missing.status, 404);
  assert.match(
    missing.text,
    /<Type>Sender<\/Type><Code>NoSuchEntity<\/Code><Message>a &lt; b<\/Message>.*<RequestId>req-1<\/RequestId>/,
  );
  assert.equal(of(new AwsError("NoSuchEntity", "x")).status, 404);
  assert.equal(of(new AwsError("AccessDenied", "x")).status, 403);
  const ec2 = answer(head("POST", "/", scoped("ec2")), new AwsError("InvalidVolume.NotFound", "x"));
  assert.equal(ec2.status, 400);
  assert.match(
    ec2.text,
    /<Response><Errors><Error><Code>InvalidVolume.NotFound<\/Code>.*<RequestID>req-1<\/RequestID>/,
  );
});

test("S3 errors are XML with their fields in order; HEAD and 304 have no body", () => {
  const error = new AwsError("NoSuchKey", "gone", { fields: { Key: "a&b", Resource: "/b" } });
  const got = answer(s3("GET", "/b/k"), error);
  assert.equal(got.status, 404);
  assert.match(
    got.text,
    /<Error><Code>NoSuchKey<\/Code><Message>gone<\/Message><Key>a&amp;b<\/Key><Resource>\/b<\/Resource><RequestId>req-1<\/RequestId><HostId>/,
  );
  assert.equal(answer(s3("HEAD", "/b/k"), error).text, "");
  const same = answer(s3("GET", "/b/k"), new AwsError("NotModified", "x", { status: 304, headers: { etag: '"e"' } }));
  assert.equal(same.text, "");
  assert.equal(same.headers["etag"], '"e"');
  for (const name of ["content-type", "content-length"]) assert.equal(same.headers[name], undefined);
  assert.equal(answer(s3("GET", "/b/k"), new AwsError("AccessDenied", "x")).status, 403);
  assert.equal(answer(s3("GET", "/b/k"), new AwsError("InvalidArgument", "x")).status, 400);
});

test("restJson errors name themselves in a header; an unknown service is answered in JSON", () => {
  const lambda = answer(
    head("GET", "/2015-03-31/functions/", scoped("lambda")),
    new AwsError("ResourceNotFoundException", "x"),
  );
  assert.equal(lambda.status, 404);
  assert.equal(lambda.headers["x-amzn-errortype"], "ResourceNotFoundException");
  assert.equal(
    answer(head("POST", "/", scoped("sqs")), new AwsError("UnknownService", "x")).text,
    '{"__type":"UnknownService","message":"x"}',
  );
});

test("answers: no output is no body, a range is 206, a location is its own root", () => {
  const encoded = (request: RequestHead, output: Record<string, unknown>) => {
    const recognised = wire.recognise(request);
    assert.ok(recognised);
    return wire.encode(wire.route(recognised, request, undefined), output, "req-1");
  };
  assert.equal(encoded(kms("EnableKey"), {}).body, null);
  assert.equal(textOf(encoded(kms("DeleteCustomKeyStore"), {})), "{}");
  assert.equal(encoded(s3("GET", "/b/k"), { Body: Buffer.from("x"), ContentRange: "bytes 0-0/9" }).status, 206);
  assert.equal(encoded(s3("GET", "/b/k"), { Body: Buffer.from("x") }).status, 200);
  assert.match(
    textOf(encoded(s3("GET", "/b?location"), {})),
    /<LocationConstraint xmlns="[^"]+"><\/LocationConstraint>$/,
  );
  assert.equal(encoded(s3("DELETE", "/b/k"), {}).status, 204);
  const listing = encoded(s3("GET", "/b?list-type=2"), {
    Name: "b",
    Contents: [{ Key: "a\u0001<\r" }],
    IsTruncated: false,
  });
  assert.match(
    textOf(listing),
    /<ListBucketResult xmlns="http:\/\/s3.amazonaws.com\/doc\/2006-03-01\/">.*<Contents><Key>a&#x1;&lt;&#xd;<\/Key><\/Contents>/,
  );
});

test("text that no header holds is made harmless", () => {
  const request = s3("GET", "/b/k");
  const recognised = wire.recognise(request);
  assert.ok(recognised);
  const output = { ContentDisposition: "a\r\nx-evil: 1", Metadata: { smile: "😀" } };
  const { headers } = wire.encode(wire.route(recognised, request, undefined), output, "req-1");
  assert.equal(headers["content-disposition"], "a  x-evil: 1");
  assert.equal(Buffer.from(String(headers["x-amz-meta-smile"]), "latin1").toString("utf8"), "😀");
});

test("versions and delete markers stand among each other, as the operation lists them", () => {
  const request = s3("GET", "/b?versions");
  const recognised = wire.recognise(request) ?? assert.fail("it is S3's");
  const encoded = (output: Record<string, unknown>) =>
    textOf(wire.encode(wire.route(recognised, request, undefined), output, "req-1"));
  const [a, b, c] = ["a", "b", "c"].map((Key) => ({ Key }));
  const listed = ["Versions", "DeleteMarkers", "Versions"];
  const text = encoded({ Name: "b", IsTruncated: false, Versions: [a, c], DeleteMarkers: [b], listed });
  assert.match(
    text,
    /<Version><Key>a<\/Key><\/Version><DeleteMarker><Key>b<\/Key><\/DeleteMarker><Version><Key>c<\/Key><\/Version><\/ListVersionsResult>$/,
  );
  assert.match(text, /<Name>b<\/Name>/);
  assert.doesNotMatch(encoded({ Name: "b", IsTruncated: false, listed: [] }), /<(?:Version|DeleteMarker)>/);
});
