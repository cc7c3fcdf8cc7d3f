import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError, isAwsError } from "../base/index.js";
import type { RequestHead, ResponseParts } from "./port.js";
import { openWire } from "./wire.js";

const wire = openWire({ modelsFolder: `${process.cwd()}/models` });

function head(method: string, url: string, headers: Record<string, string> = {}): RequestHead {
  const [path = "/", ...query] = url.split("?");
  return { method, path, query: query.join("?"), headers: { host: "127.0.0.1:7100", ...headers }, rawHeaders: [] };
}

const scoped = (service: string, more: Record<string, string> = {}) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
  ...more,
});

function decode(request: RequestHead, body?: string | Buffer) {
  const bytes = body === undefined ? undefined : Buffer.from(body as string); // Buffer.from takes either
  const recognised = wire.recognise(request);
  assert.ok(recognised);
  const routed = wire.route(recognised, request, bytes);
  return { name: routed.operation.name, input: wire.decode(routed, request, bytes) };
}

const kms = (operation: string) => head("POST", "/", scoped("kms", { "x-amz-target": `TrentService.${operation}` }));
const s3 = (method: string, url: string, more = {}) => head(method, url, scoped("s3", more));
const refused = (code: string, message?: string | RegExp) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown, code), `${thrown}`);
  if (typeof message === "string") assert.equal(thrown.message, message);
  else if (message) assert.match(thrown.message, message);
  return true;
};
const textOf = (parts: ResponseParts) => Buffer.from((parts.body as Uint8Array | null) ?? "").toString("utf8"); // none here streams

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

test("violations are reported together, in AWS's text, and sensitive values are not repeated", () => {
  const one = "1 validation error detected: ";
  assert.throws(
    () => decode(kms("Encrypt"), JSON.stringify({ KeyId: "k", Plaintext: Buffer.alloc(4097).toString("base64") })),
    refused(
      "ValidationException",
      `${one}Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096`,
    ),
  );
  const longKey = "a".repeat(129);
  assert.throws(
    () => decode(kms("TagResource"), JSON.stringify({ KeyId: "k", Tags: [{ TagKey: longKey, TagValue: "" }] })),
    refused(
      "ValidationException",
      `${one}Value '${longKey}' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ),
  );
  assert.throws(
    () => decode(kms("Encrypt"), JSON.stringify({ KeyId: "" })),
    refused(
      "ValidationException",
      "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value null at 'plaintext' failed to satisfy constraint: Member must not be null",
    ),
  );
  assert.throws(
    () => decode(kms("GenerateMac"), JSON.stringify({ KeyId: "k", Message: "AA==", MacAlgorithm: "X" })),
    refused(
      "ValidationException",
      /Value 'X' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: \[HMAC_SHA_224/,
    ),
  );
  assert.throws(
    () => decode(kms("GenerateRandom"), JSON.stringify({ NumberOfBytes: 1025 })),
    refused(
      "ValidationException",
      /'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024/,
    ),
  );
  const grant = { KeyId: "k", GranteePrincipal: "arn:aws:iam::123456789012:root", Operations: ["Nope"] };
  assert.throws(
    () => decode(kms("CreateGrant"), JSON.stringify(grant)),
    refused(
      "ValidationException",
      /Value '\[Nope\]' at 'operations' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[/,
    ),
  );
  assert.throws(
    () =>
      decode(
        head("POST", "/", scoped("sts")),
        "Action=AssumeRole&RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=Session1:2",
      ),
    refused(
      "ValidationError",
      `${one}Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    ),
  );
  assert.throws(
    () => decode(head("POST", "/", scoped("ec2")), "Action=DeleteVolume"),
    refused("MissingParameter", "The request must contain the parameter volumeId"),
  );
});

const BAD_JSON: readonly (readonly [what: string, body: string | Buffer])[] = [
  ["no JSON at all", "KeyId=1"],
  ["a cut object", '{"KeyId":"a"'],
  ["an array", "[]"],
  ["a number", "7"],
  ["null", "null"],
  ["a number for a string", '{"KeyId":7}'],
  ["an object for a string", '{"KeyId":{"a":1}}'],
  ["a string for a list", '{"KeyId":"a","GrantTokens":"x"}'],
  ["an object for a list", '{"KeyId":"a","GrantTokens":{"x":1}}'],
  ["an array for a map", '{"KeyId":"a","EncryptionContext":["x"]}'],
  ["a number in a map of strings", '{"KeyId":"a","EncryptionContext":{"x":1}}'],
  ["text that is no base64", '{"KeyId":"a","Plaintext":"@@@@"}'],
  ["base64 without padding", '{"KeyId":"a","Plaintext":"AAA"}'],
  ["a string for a boolean", '{"KeyId":"a","DryRun":"true"}'],
  ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ["33 levels", `{"KeyId":${"[".repeat(33)}${"]".repeat(33)}}`],
  ["a hundred thousand levels", "[".repeat(100_000)],
];

for (const [what, body] of BAD_JSON) {
  test(`a JSON body with ${what} is a SerializationException that quotes nothing of it`, () => {
    assert.throws(() => decode(kms("Encrypt"), body), refused("SerializationException"));
  });
}

test("unknown members are ignored, null is absent, the last of two equal keys counts, prototypes stay untouched", () => {
  const { input } = decode(
    kms("DescribeKey"),
    '{"KeyId":"first","KeyId":"last","GrantTokens":null,"Unknown":{"deep":[1]},"__proto__":{"polluted":1}}',
  );
  assert.deepEqual(input, { KeyId: "last" });
  const context = decode(
    kms("Encrypt"),
    '{"KeyId":"k","Plaintext":"AA==","EncryptionContext":{"__proto__":"x","constructor":"y","gone":null}}',
  ).input["EncryptionContext"] as object; // a map of the model's
  assert.deepEqual(Object.entries(context), [
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  assert.equal(Object.getPrototypeOf(context), Object.prototype);
});

test("an empty body is an empty input", () => {
  assert.deepEqual(decode(kms("ListKeys"), "").input, {});
  assert.deepEqual(decode(kms("ListKeys")).input, {});
});

test("forms: the first of two equal names counts, plus is a space, lists follow their numbers", () => {
  const { input } = decode(
    head("POST", "/", scoped("iam")),
    "Action=TagUser&UserName=a&UserName=b&Tags.member.10.Key=j&Tags.member.10.Value=&Tags.member.2.Key=b+c&Tags.member.2.Value=%2B",
  );
  assert.deepEqual(input, {
    UserName: "a",
    Tags: [
      { Key: "b c", Value: "+" },
      { Key: "j", Value: "" },
    ],
  });
});

const BAD_FORMS: readonly (readonly [what: string, body: string, code: string])[] = [
  ["a broken percent sign", "Action=GetUser&UserName=%ZZ", "MalformedQueryString"],
  ["bytes that are not UTF-8", "Action=GetUser&UserName=%FF", "MalformedQueryString"],
  ["too many parts in a name", `Action=GetUser&${"a.".repeat(100)}=1`, "MalformedQueryString"],
  ["too many parameters", `Action=GetUser&${"a=1&".repeat(20_001)}`, "MalformedQueryString"],
  ["text for a number", "Action=ListUsers&MaxItems=many", "MalformedInput"],
  ["a structure for a number", "Action=ListUsers&MaxItems.a=1", "MalformedInput"],
];

for (const [what, body, code] of BAD_FORMS) {
  test(`a form with ${what} is ${code}`, () => {
    assert.throws(() => decode(head("POST", "/", scoped("iam")), body), refused(code));
  });
}

const versioning = (inner: string) => `<VersioningConfiguration>${inner}</VersioningConfiguration>`;
const BAD_XML: readonly (readonly [what: string, body: string | Buffer])[] = [
  ["no XML at all", "{}"],
  ["an element that is not closed", "<VersioningConfiguration><Status>Enabled</Status>"],
  ["elements closed in the wrong order", "<VersioningConfiguration><Status></VersioningConfiguration></Status>"],
  ["another root", "<Delete></Delete>"],
  ["two roots", `${versioning("")}${versioning("")}`],
  ["an element twice", versioning("<Status>Enabled</Status><Status>Suspended</Status>")],
  ["a value that is none of the enum", versioning("<Status>On</Status>")],
  ["a structure for text", versioning("<Status><a/></Status>")],
  ["a document type", `<!DOCTYPE x [<!ENTITY a "b">]>${versioning("<Status>Enabled</Status>")}`],
  ["an external entity", `<!DOCTYPE x SYSTEM "file:///etc/passwd">${versioning("")}`],
  ["an entity nobody declared", versioning("<Status>&lol;</Status>")],
  ["a character number beyond Unicode", versioning("<Status>&#x110000;</Status>")],
  ["bytes that are not UTF-8", Buffer.from([0x3c, 0xff, 0x3e])],
  ["33 levels", versioning(`${"<a>".repeat(33)}${"</a>".repeat(33)}`)],
  ["levels hidden by a comment", versioning(`<a><!--</a></a>-->${"<a>".repeat(32)}${"</a>".repeat(33)}`)],
  ["a hundred thousand levels", "<a>".repeat(100_000)],
];

for (const [what, body] of BAD_XML) {
  test(`an XML body with ${what} is MalformedXML`, () => {
    assert.throws(() => decode(s3("PUT", "/b?versioning"), body), refused("MalformedXML"));
  });
}

test("a billion laughs are refused before anything is parsed", () => {
  const entities = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
  const bomb = `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "lol">${entities}]>${versioning("<Status>&l9;</Status>")}`;
  const started = process.hrtime.bigint();
  assert.throws(() => decode(s3("PUT", "/b?versioning"), bomb), refused("MalformedXML"));
  assert.ok(process.hrtime.bigint() - started < 200_000_000n);
});

test("XML: namespaces, entities, CDATA and comments are read, unknown elements ignored", () => {
  const body = `<?xml version="1.0"?><!-- c --><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b&#x20;&lt;c</Key><Unknown/></Object><Object><Key><![CDATA[x&amp;y]]></Key></Object><Quiet>true</Quiet></Delete>`;
  assert.deepEqual(decode(s3("POST", "/b?delete"), body).input["Delete"], {
    Objects: [{ Key: "a&b <c" }, { Key: "x&amp;y" }],
    Quiet: true,
  });
});

test("S3: a missing body, a bad number and a bad enum each have their own words", () => {
  assert.throws(() => decode(s3("PUT", "/b?versioning")), refused("MissingRequestBodyError"));
  assert.throws(() => decode(s3("GET", "/b?max-keys=many")), refused("InvalidArgument"));
  assert.throws(() => decode(s3("PUT", "/b/k", { "x-amz-storage-class": "COLD" })), refused("InvalidStorageClass"));
  assert.throws(() => decode(s3("PUT", "/b/k", { "x-amz-acl": "mine" })), refused("InvalidArgument"));
});

test("user metadata comes from its headers without the prefix", () => {
  const { input } = decode(s3("PUT", "/b/k", { "x-amz-meta-a": "1", "x-amz-meta-__proto__": "2" }));
  assert.deepEqual(Object.entries(input["Metadata"] as object), [
    ["a", "1"],
    ["__proto__", "2"],
  ]);
});

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
  assert.equal(answer(s3("GET", "/b/k"), new AwsError("NotModified", "x", { status: 304 })).text, "");
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
