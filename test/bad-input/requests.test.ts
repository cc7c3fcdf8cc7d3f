/** Requests that no client would send. Each gets its clear error, and the server goes on answering. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { CreateKeyCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { clientsOf } from "../harness/clients.js";
import { codeIn, messageIn, type RawRequest, sendBytes, sendRaw } from "../harness/raw.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("bad-requests");
let server: Server;
let key = "";
let workers: number[];

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  const { kms, s3 } = clientsOf(server);
  key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "o", Body: "x" }));
  workers = server.workers();
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Asked after every case: the same processes answer a good request, on either worker. */
async function assertAlive(): Promise<void> {
  for (let asked = 0; asked < 2; asked += 1) {
    const { Keys } = await clientsOf(server).kms.send(new ListKeysCommand({}));
    assert.equal(Keys?.length, 1);
  }
  assert.deepEqual(server.workers(), workers, "no worker was born again");
  assert.doesNotMatch(server.output(), /"level":"error"/);
}

interface Case {
  readonly what: string;
  readonly request: () => RawRequest;
  readonly code: string;
  readonly status?: number;
  readonly message?: RegExp;
}

const kms = (operation: string, body: string | Buffer, more: RawRequest = {}): RawRequest => ({
  headers: { "x-amz-target": `TrentService.${operation}`, "content-type": "application/x-amz-json-1.1" },
  body,
  ...more,
});
const iam = (body: string): RawRequest => ({
  service: "iam",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body,
});
const s3 = (method: string, path: string, body = "", headers: Readonly<Record<string, string>> = {}): RawRequest => ({
  service: "s3",
  method,
  path,
  body,
  headers,
});

/** With Content-MD5, as S3 asks for with some bodies. */
const digested = (method: string, path: string, body: string): RawRequest =>
  s3(method, path, body, { "content-md5": createHash("md5").update(body).digest("base64") });

const MIB = 1024 * 1024;
const UNKNOWN_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";
const serialization = { code: "SerializationException" };
const malformedXml = { code: "MalformedXML" };
const malformedQuery = { code: "MalformedQueryString" };

const JSON_CASES: readonly Case[] = [
  { what: "cut JSON", request: () => kms("ListKeys", '{"Limit":'), ...serialization },
  { what: "two JSON values", request: () => kms("ListKeys", "{} {}"), ...serialization },
  { what: "an array for an object", request: () => kms("ListKeys", "[]"), ...serialization },
  { what: "null for an object", request: () => kms("ListKeys", "null"), ...serialization },
  { what: "a string for an object", request: () => kms("ListKeys", '"x"'), ...serialization },
  {
    what: "JSON that is no UTF-8",
    request: () => kms("ListKeys", Buffer.from('{"\xff":1}', "latin1")),
    ...serialization,
  },
  { what: "JSON of 100 levels", request: () => kms("ListKeys", nested('{"a":', "}", 100)), ...serialization },
  { what: "JSON of 200,000 levels", request: () => kms("ListKeys", "[".repeat(200_000)), ...serialization },
  { what: "a word for a number", request: () => kms("ListKeys", '{"Limit":"ten"}'), ...serialization },
  { what: "a fraction for a number", request: () => kms("ListKeys", '{"Limit":1.5}'), ...serialization },
  { what: "a list for a string", request: () => kms("ListKeys", '{"Marker":["a"]}'), ...serialization },
  { what: "no base64", request: () => kms("Encrypt", `{"KeyId":"${key}","Plaintext":"***"}`), ...serialization },
  { what: "an unknown enum value", request: () => kms("CreateKey", '{"KeySpec":"NOPE"}'), code: "ValidationException" },
  { what: "a member that is missing", request: () => kms("DescribeKey", "{}"), code: "ValidationException" },
  {
    what: "4,097 bytes to encrypt",
    request: () => kms("Encrypt", JSON.stringify({ KeyId: key, Plaintext: Buffer.alloc(4097).toString("base64") })),
    code: "ValidationException",
    message: /less than or equal to 4096/,
  },
  { what: "an unknown operation", request: () => kms("Nope", "{}"), code: "UnknownOperationException" },
  { what: "no operation", request: () => ({ body: "{}" }), code: "UnknownOperationException" },
];

const QUERY_CASES: readonly Case[] = [
  { what: "a broken percent sign", request: () => iam("Action=ListUsers&PathPrefix=%zz"), ...malformedQuery },
  { what: "30,000 members", request: () => iam(`Action=ListUsers&${"a=1&".repeat(30_000)}`), ...malformedQuery },
  {
    what: "members 500 deep",
    request: () => iam(`Action=CreateUser&UserName=u&Tags${".member.1".repeat(500)}=x`),
    ...malformedQuery,
  },
  { what: "an empty body", request: () => iam(""), code: "MissingAction" },
  { what: "an unknown action", request: () => iam("Action=Nope&Version=2010-05-08"), code: "InvalidAction" },
  { what: "a word for a number", request: () => iam("Action=ListUsers&MaxItems=many"), code: "MalformedInput" },
  {
    what: "item 99,999,999 of a list",
    request: () => iam("Action=CreateUser&UserName=u&Tags.member.99999999.Key=a"),
    code: "ValidationError",
  },
];

const ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>';
const TAGS = "<Tagging><TagSet><Tag><Key>&a;</Key><Value>v</Value></Tag></TagSet></Tagging>";

const XML_CASES: readonly Case[] = [
  { what: "cut XML", request: () => s3("PUT", "/bucket?tagging", "<Tagging><TagSet>"), ...malformedXml },
  { what: "no XML", request: () => s3("PUT", "/bucket?tagging", "nope"), ...malformedXml },
  { what: "another document", request: () => s3("PUT", "/bucket?tagging", "<Other/>"), ...malformedXml },
  { what: "an entity of its own", request: () => s3("PUT", "/bucket?tagging", ENTITY + TAGS), ...malformedXml },
  { what: "1,000 levels", request: () => s3("PUT", "/bucket?tagging", nested("<a>", "</a>", 1000)), ...malformedXml },
  {
    what: "180,000 tags",
    request: () => s3("POST", "/bucket?delete", `<Delete>${"<Object><Key>a</Key></Object>".repeat(60_000)}</Delete>`),
    ...malformedXml,
  },
  {
    what: "1,001 keys to delete",
    request: () =>
      digested("POST", "/bucket?delete", `<Delete>${"<Object><Key>a</Key></Object>".repeat(1001)}</Delete>`),
    ...malformedXml,
  },
  {
    what: "keys to delete without a digest",
    request: () => s3("POST", "/bucket?delete", "<Delete><Object><Key>a</Key></Object></Delete>"),
    code: "InvalidRequest",
  },
  {
    what: "a word for a boolean",
    request: () =>
      s3(
        "PUT",
        "/bucket?publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>maybe</BlockPublicAcls></PublicAccessBlockConfiguration>",
      ),
    ...malformedXml,
  },
  { what: "no body", request: () => s3("PUT", "/bucket?tagging"), code: "MissingRequestBodyError" },
];

const S3_CASES: readonly Case[] = [
  { what: "a path that is no UTF-8", request: () => s3("GET", "/bucket/%ff"), code: "InvalidURI" },
  {
    what: "a name of 1,100 bytes",
    request: () => s3("PUT", `/bucket/${"k".repeat(1100)}`, "x"),
    code: "KeyTooLongError",
  },
  { what: "a bucket's impossible name", request: () => s3("PUT", "/Bad_Name"), code: "InvalidBucketName" },
  { what: "no such bucket", request: () => s3("GET", "/nothing-of-this-name/o"), code: "NoSuchBucket", status: 404 },
  { what: "no such key", request: () => s3("GET", "/bucket/none"), code: "NoSuchKey", status: 404 },
  { what: "an unknown method", request: () => s3("PATCH", "/bucket/o"), code: "MethodNotAllowed", status: 405 },
  {
    what: "a range behind the end",
    request: () => s3("GET", "/bucket/o", "", { range: "bytes=900-" }),
    code: "InvalidRange",
    status: 416,
  },
  { what: "part 0", request: () => s3("PUT", "/bucket/o?partNumber=0&uploadId=x", "x"), code: "InvalidArgument" },
  {
    what: "an unknown upload",
    request: () => s3("PUT", "/bucket/o?partNumber=1&uploadId=x", "x"),
    code: "NoSuchUpload",
    status: 404,
  },
  { what: "a word for max-keys", request: () => s3("GET", "/bucket?max-keys=x"), code: "InvalidArgument" },
  {
    what: "a strange encryption",
    request: () => s3("PUT", "/bucket/p", "x", { "x-amz-server-side-encryption": "rot13" }),
    code: "InvalidArgument",
  },
  {
    what: "another MD5",
    request: () => s3("PUT", "/bucket/p", "x", { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }),
    code: "BadDigest",
  },
  {
    what: "another CRC",
    request: () => s3("PUT", "/bucket/p", "x", { "x-amz-checksum-crc32": "AAAAAA==" }),
    code: "BadDigest",
  },
  {
    what: "another body than was signed",
    request: () => ({ ...s3("PUT", "/bucket/p", "hello"), sentBody: "hullo" }),
    code: "XAmzContentSHA256Mismatch",
  },
];

const SIZE_CASES: readonly Case[] = [
  {
    what: "a JSON body of 5 MiB",
    request: () => kms("ListKeys", " ".repeat(5 * MIB)),
    code: "RequestEntityTooLargeException",
    status: 413,
  },
  {
    what: "an XML body of 5 MiB",
    request: () => s3("PUT", "/bucket?tagging", " ".repeat(5 * MIB)),
    code: "RequestEntityTooLargeException",
    status: 413,
  },
  {
    what: "a query body of 5 MiB",
    request: () => iam(`Action=ListUsers&x=${"x".repeat(5 * MIB)}`),
    code: "RequestEntityTooLargeException",
    status: 413,
  },
  {
    what: "headers of 40 KB",
    request: () => kms("ListKeys", "{}", { unsigned: { "x-big": "a".repeat(40_000) } }),
    code: "none",
    status: 431,
  },
];

const CALLER_CASES: readonly Case[] = [
  {
    what: "an unknown key",
    request: () => kms("DescribeKey", JSON.stringify({ KeyId: UNKNOWN_KEY })),
    code: "NotFoundException",
    message: /^Key 'arn:aws:kms:.*' does not exist$/,
  },
  { what: "no key's name", request: () => kms("DescribeKey", '{"KeyId":"nope"}'), code: "NotFoundException" },
  {
    what: "a key of another Region",
    request: () => kms("DescribeKey", JSON.stringify({ KeyId: key.replace("us-east-1", "eu-west-1") })),
    code: "NotFoundException",
    message: /Invalid arn eu-west-1/,
  },
  {
    what: "another Region's endpoint",
    request: () => kms("DescribeKey", JSON.stringify({ KeyId: key }), { region: "eu-west-1" }),
    code: "NotFoundException",
    message: /Invalid arn us-east-1/,
  },
  {
    what: "a bucket of another Region",
    request: () => ({ ...s3("GET", "/bucket/o"), region: "eu-west-1" }),
    code: "AuthorizationHeaderMalformed",
    message: /expecting 'us-east-1'/,
  },
  {
    what: "a Region that does not exist",
    request: () => kms("ListKeys", "{}", { region: "nowhere" }),
    code: "InvalidSignatureException",
    message: /valid region/,
  },
  {
    what: "a key of a foreign account",
    request: () => kms("DescribeKey", JSON.stringify({ KeyId: key.replace(/\d{12}/, "111122223333") })),
    code: "AccessDeniedException",
  },
  {
    what: "an unknown access key",
    request: () =>
      kms("ListKeys", "{}", { credentials: { accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "x" } }),
    code: "UnrecognizedClientException",
  },
  {
    what: "another secret",
    request: () => kms("ListKeys", "{}", { credentials: { ...server.credentials, secretAccessKey: "x" } }),
    code: "InvalidSignatureException",
  },
  {
    what: "an invented session token",
    request: () => kms("ListKeys", "{}", { credentials: { ...server.credentials, sessionToken: "x" } }),
    code: "UnrecognizedClientException",
  },
  {
    what: "another service's signature",
    request: () => kms("ListKeys", "{}", { service: "iam" }),
    code: "MissingAction",
  },
  {
    what: "a signature of an hour ago",
    request: () => kms("ListKeys", "{}", { date: new Date(Date.now() - 3_600_000) }),
    code: "InvalidSignatureException",
    message: /^Signature expired: /,
  },
  {
    what: "another body than was signed, in JSON",
    request: () => kms("ListKeys", "{}", { sentBody: '{"Limit":1}' }),
    code: "InvalidSignatureException",
  },
  {
    what: "an authorization of another kind",
    request: () => kms("ListKeys", "{}", { unsigned: { authorization: "Basic abc" } }),
    code: "IncompleteSignatureException",
  },
];

function nested(open: string, close: string, levels: number): string {
  return open.repeat(levels) + (open.startsWith("{") ? "1" : "") + close.repeat(levels);
}

const GROUPS = {
  JSON: JSON_CASES,
  query: QUERY_CASES,
  XML: XML_CASES,
  S3: S3_CASES,
  size: SIZE_CASES,
  caller: CALLER_CASES,
};

for (const [group, cases] of Object.entries(GROUPS)) {
  for (const { what, request, code, status = 400, message } of cases) {
    test(`${group}: ${what}`, async () => {
      const answer = await sendRaw(server, request());
      assert.deepEqual(
        [answer.status, codeIn(answer)],
        [expectedStatus(code, status), code],
        answer.text.slice(0, 500),
      );
      if (message) assert.match(messageIn(answer), message);
      await assertAlive();
    });
  }
}

const expectedStatus = (code: string, status: number) => (code === "AccessDenied" ? 403 : status);

const BROKEN_HTTP: readonly (readonly [what: string, bytes: string, status: string])[] = [
  ["no HTTP", "\0\x01\x02 nothing\r\n\r\n", "400"],
  ["two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"],
  [
    "a length and chunks",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "400",
  ],
  ["a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"],
  ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"],
  ["a line break in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "400"],
  ["another host's address", "GET http://elsewhere/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "40[034]"],
  [
    "a wish to speak of other things",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "403",
  ],
  ["an unknown expectation", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: nope\r\n\r\n", "417"],
];

for (const [what, bytes, status] of BROKEN_HTTP) {
  test(`HTTP: ${what}`, async () => {
    assert.match(await sendBytes(server, bytes), new RegExp(`^HTTP/1.1 ${status} `));
    await assertAlive();
  });
}

test("HTTP: half a head, and a proxy's CONNECT, are answered by the end of the connection", async () => {
  assert.match(await sendBytes(server, "GET / HTTP/1.1\r\nHos", { end: true }), /^(HTTP\/1.1 400 |$)/);
  assert.equal(await sendBytes(server, "CONNECT elsewhere:1 HTTP/1.1\r\nHost: a\r\n\r\n"), "");
  await assertAlive();
});
