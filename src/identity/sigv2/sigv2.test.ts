import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_MS } from "../../base/index.js";
import type { RequestHead } from "../../wire/index.js";
import { sha256Hex } from "../sigv4/hash.js";
import { CREDENTIALS, NOW, sentHead, withHeaders } from "../sigv4/testing.js";
import { parseVersion2 } from "./parse.js";
import { type Version2Verification, verifyVersion2 } from "./verify.js";

const SIGNED_BY = `AWSAccessKeyId=${CREDENTIALS.accessKeyId}`;
const EXPIRES = "Expires=1767229200"; // an hour after NOW
const HEADERS = {
  host: "localhost",
  "Content-Type": "text/plain",
  "Content-MD5": "CY9rzUYh03PK3k6DJie09g==",
  "X-Amz-Meta-B": "two",
  "x-amz-acl": "private",
};

/** What botocore's HmacV1QueryAuth made of these credentials at NOW, for an hour. */
const SIGNED = {
  plain: sent("GET", `/bucket/folder/a%20%C3%BC%26?${SIGNED_BY}&Signature=uodjJ2W8tLIXReWSpu%2BwPzl%2BDJI%3D`),
  host: sent("GET", `/key?${SIGNED_BY}&Signature=FaUBWpcChtHE%2FpvFyfQZqblr6bI%3D`),
  put: sent(
    "PUT",
    `/bucket/key?${SIGNED_BY}&Signature=qDs%2FNPoJp04qYI%2FJWNgmcnLGPvI%3D&content-type=text%2Fplain&content-md5=CY9rzUYh03PK3k6DJie09g%3D%3D&x-amz-meta-b=two&x-amz-acl=private`,
    HEADERS,
  ),
  subResources: sent(
    "GET",
    `/bucket/key?versionId=null&response-content-disposition=attachment%3B%20filename%3D%22a%26%C3%BC%22&x-other=1&${SIGNED_BY}&Signature=Mj8oLXbPx0zMnPJjwHRZu%2B9YYVw%3D`,
  ),
  uploads: sent("POST", `/bucket/key?uploads&${SIGNED_BY}&Signature=2xM4ucM0BLxzhcIF5RQkSxUQoo4%3D`),
  part: sent(
    "PUT",
    `/bucket/key?uploadId=u%2F1&partNumber=7&${SIGNED_BY}&Signature=fogz0hyYyU7hX%2B%2BBC71JRgaFTpU%3D`,
  ),
  token: sent(
    "GET",
    `/bucket/key?${SIGNED_BY}&Signature=%2BdBskc4Y%2BtoCMJnFNf2iT0x4Q8A%3D&x-amz-security-token=to%2Fken%2B%3D`,
  ),
  list: sent("GET", `/bucket?prefix=a%2F&list-type=2&${SIGNED_BY}&Signature=rTKmIx7JdyfttWYR8pErpMsTu4Y%3D`),
} satisfies Record<string, RequestHead>;

function sent(method: string, target: string, headers: Record<string, string> = { host: "localhost" }): RequestHead {
  return sentHead(method, `${target}&${EXPIRES}`, headers);
}

function verify(head: RequestHead, given: Partial<Version2Verification> = {}): void {
  const presented = parseVersion2(head) ?? assert.fail("a signature is there");
  verifyVersion2({
    presented,
    head,
    bucketFromHost: undefined,
    secret: CREDENTIALS.secretAccessKey,
    bodySha256: undefined,
    now: NOW,
    ...given,
  });
}

const after = (seconds: number) => ({ now: new Date(NOW.getTime() + seconds * SECOND_MS) });
const replaced = (head: RequestHead, from: string, to: string): RequestHead => {
  assert.ok(head.query.includes(from), `${from} is there`);
  return { ...head, query: head.query.replace(from, to) };
};
const MISMATCH = { code: "SignatureDoesNotMatch", status: 403 };

test("whatever is signed and then changed is refused", () => {
  const { plain, put, subResources, part, token } = SIGNED;
  const changed: Record<string, RequestHead> = {
    path: { ...plain, path: "/bucket/folder/b" },
    "encoding of the path": { ...plain, path: "/bucket/folder/a%20%c3%bc%26" },
    bucket: { ...plain, path: plain.path.replace("bucket", "other") },
    method: { ...plain, method: "HEAD" },
    expires: replaced(plain, "Expires=1767229200", "Expires=1767229201"),
    "a zero before expires": replaced(plain, "Expires=1", "Expires=01"),
    signature: replaced(plain, "Signature=u", "Signature=v"),
    "the signature's length": replaced(plain, "%3D&", "&"),
    "a new sub-resource": { ...plain, query: `${plain.query}&acl` },
    "a new response header": { ...plain, query: `${plain.query}&response-content-type=text%2Fhtml` },
    "a new header of AWS": withHeaders({ ...plain, body: "" }, { "x-amz-acl": "public-read" }),
    "a new token": { ...plain, query: `${plain.query}&x-amz-security-token=t` },
    "a new content type": withHeaders({ ...plain, body: "" }, { "content-type": "text/plain" }),
    "content type": withHeaders({ ...put, body: "" }, { "content-type": "text/html" }),
    md5: withHeaders({ ...put, body: "" }, { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" }),
    metadata: withHeaders({ ...put, body: "" }, { "x-amz-meta-b": "three" }),
    "headers left out": { ...put, headers: {}, rawHeaders: [] },
    "sub-resource left out": replaced(subResources, "versionId=null&", ""),
    "sub-resource's value": replaced(part, "partNumber=7", "partNumber=8"),
    token: replaced(token, "to%2Fken", "to%2Fkem"),
    "token left out": replaced(token, "x-amz-security-token", "x-amz-security-tokem"),
  };
  for (const [what, head] of Object.entries(changed)) assert.throws(() => verify(head), MISMATCH, what);
});

test("another secret's signature and another host's bucket are refused", () => {
  assert.throws(() => verify(SIGNED.plain, { secret: "another" }), MISMATCH);
  assert.throws(() => verify(SIGNED.host), MISMATCH);
  assert.throws(() => verify(SIGNED.host, { bucketFromHost: "other" }), MISMATCH);
  assert.throws(() => verify(SIGNED.plain, { bucketFromHost: "bucket" }), MISMATCH);
});

test("a parameter hidden in another one's value is refused though the signed text is the same", () => {
  const folded = replaced(SIGNED.part, "uploadId=u%2F1&partNumber=7", "partNumber=7%26uploadId=u%2F1");
  assert.throws(() => verify(folded), MISMATCH);
});

test("a parameter that would make another request of it is refused", () => {
  for (const name of [
    "attributes",
    "encryption",
    "publicAccessBlock",
    "x-id=CopyObject",
    "%61ttributes",
    "versionid=1",
  ])
    assert.throws(() => verify({ ...SIGNED.plain, query: `${name}&${SIGNED.plain.query}` }), {
      code: "AccessDenied",
      status: 403,
      message: "There were query parameters present in the request which were not signed",
    });
});

test("AWS's own headers that the signer moved into the URL are signed there", () => {
  const { put } = SIGNED;
  const { "x-amz-acl": _, "x-amz-meta-b": __, ...few } = put.headers;
  const kept = put.rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && !/^x-amz-/i.test(name) ? [name, put.rawHeaders[i + 1] ?? ""] : [],
  );
  const moved = { ...put, headers: few, rawHeaders: kept };
  verify(moved);
  for (const [from, to] of [
    ["x-amz-meta-b=two", "x-amz-meta-b=three"],
    ["&x-amz-acl=private", ""],
    ["x-amz-acl=private", "x-amz-acl=private&x-amz-tagging=a"],
  ] as const)
    assert.throws(() => verify(replaced(moved, from, to)), MISMATCH);
  const folded = replaced(moved, "x-amz-meta-b=two&x-amz-acl=private", "x-amz-acl=private%0Ax-amz-meta-b:two");
  assert.throws(() => verify(folded), { code: "InvalidArgument" });
});

test("a URL is good until it expires", () => {
  verify(SIGNED.plain, after(3600));
  assert.throws(() => verify(SIGNED.plain, after(3601)), {
    code: "AccessDenied",
    status: 403,
    message: "Request has expired",
    fields: { Expires: "2026-01-01T01:00:00Z", ServerTime: "2026-01-01T01:00:01Z" },
  });
});

test("what cannot be read is refused before anything is looked up", () => {
  const { plain } = SIGNED;
  for (const expires of ["soon", "-1", "1e9", "1767229200.5", "9".repeat(16)])
    assert.throws(() => parseVersion2(replaced(plain, EXPIRES, `Expires=${expires}`)), {
      code: "AccessDenied",
      message: `Invalid date (should be seconds since epoch): ${expires}`,
    });
  const message = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
  for (const query of [
    SIGNED_BY,
    "Signature=a",
    `${SIGNED_BY}&Signature=a`,
    `${SIGNED_BY}&${EXPIRES}`,
    `Signature=a&${EXPIRES}`,
    `${plain.query}&${EXPIRES}`,
    `${plain.query}&${SIGNED_BY}`,
  ])
    assert.throws(() => parseVersion2({ ...plain, query }), { code: "AccessDenied", status: 403, message });
  const longKey = replaced(plain, SIGNED_BY, `AWSAccessKeyId=${"A".repeat(129)}`);
  assert.throws(() => parseVersion2(longKey), { code: "InvalidAccessKeyId" });
});

test("a second way of signing beside it is refused", () => {
  const two = { code: "InvalidArgument", status: 400 };
  const header = withHeaders({ ...SIGNED.plain, body: "" }, { authorization: "AWS4-HMAC-SHA256 Credential=…" });
  assert.throws(() => parseVersion2(header), two);
  const query = `${SIGNED.plain.query}&X-Amz-Algorithm=AWS4-HMAC-SHA256`;
  assert.throws(() => parseVersion2({ ...SIGNED.plain, query }), two);
});

test("URLs of version 4 and unsigned ones are left to others", () => {
  for (const query of ["", "acl", "X-Amz-Algorithm=a&X-Amz-Signature=b", "Expires=1", "prefix=AWSAccessKeyId"])
    assert.equal(parseVersion2({ ...SIGNED.plain, query }), undefined);
});

test("what botocore signs is accepted", () => {
  for (const [name, head] of Object.entries(SIGNED))
    verify(head, { bucketFromHost: name === "host" ? "bucket" : undefined });
  assert.equal(parseVersion2(SIGNED.token)?.sessionToken, "to/ken+=");
});

test("a body is held against the hash that a signed header declares, and chunks cannot be signed", () => {
  const declared = (value: string) => ({
    ...(parseVersion2(withHeaders({ ...SIGNED.plain, body: "" }, { "x-amz-content-sha256": value })) ?? assert.fail()),
  });
  const chunks = declared("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  assert.throws(() => verify(SIGNED.plain, { presented: chunks }), { code: "InvalidRequest", status: 400 });
  assert.throws(() => verify(SIGNED.plain, { presented: { ...chunks, signature: "another" } }), MISMATCH);
  assert.throws(() => declared("nonsense"), { code: "InvalidArgument" });
  const presented = declared(sha256Hex("body"));
  verify(SIGNED.plain, { presented, bodySha256: sha256Hex("body") });
  assert.throws(() => verify(SIGNED.plain, { presented, bodySha256: sha256Hex("other") }), {
    code: "XAmzContentSHA256Mismatch",
  });
});

test("a refusal shows what was to be signed, but no token", () => {
  const head = replaced(SIGNED.token, "to%2Fken", "se%2Fcret");
  assert.throws(
    () => verify(head),
    (thrown: { fields?: Record<string, string> }) => {
      const text = "GET\n\n\n1767229200\nx-amz-security-token:***\n/bucket/key";
      assert.equal(thrown.fields?.["StringToSign"], text);
      assert.equal(Buffer.from(thrown.fields["StringToSignBytes"]?.replaceAll(" ", "") ?? "", "hex").toString(), text);
      assert.equal(thrown.fields["AWSAccessKeyId"], CREDENTIALS.accessKeyId);
      assert.equal(thrown.fields["SignatureProvided"], "+dBskc4Y+toCMJnFNf2iT0x4Q8A=");
      return true;
    },
  );
});
