import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_MS } from "../../base/index.js";
import { canonicalRequest, stringToSign } from "./canonical.js";
import { sha256Hex } from "./hash.js";
import { signature, signingKey } from "./signing-key.js";
import { CREDENTIALS, NOW, present, type Sent, sentHead, verify, withHeaders } from "./testing.js";
import { canonicalQuery } from "./uri.js";

const after = (seconds: number) => new Date(NOW.getTime() + seconds * SECOND_MS);
const WEEK = 7 * 24 * 3600;

const GIVEN = {
  "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
  "X-Amz-Credential": `${CREDENTIALS.accessKeyId}/20260101/us-east-1/s3/aws4_request`,
  "X-Amz-Date": "20260101T000000Z",
  "X-Amz-Expires": "3600",
  "X-Amz-SignedHeaders": "host",
};

type Parameters = Partial<
  Record<keyof typeof GIVEN | "X-Amz-Security-Token" | "X-Amz-Content-Sha256" | "x-id", string | undefined>
>;

/** A URL as a signer makes it, be it good or bad. */
function presigned(changed: Parameters = {}, service = "s3", payloadHash = "UNSIGNED-PAYLOAD"): Sent {
  const parameters = Object.entries({ ...GIVEN, ...changed }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value.replace("/s3/", `/${service}/`))}`],
  );
  const query = parameters.join("&");
  const headers = { host: "b.s3.amazonaws.com" };
  const canonical = canonicalRequest(
    { headers, rawHeaders: [] },
    { method: "GET", path: "/k", query: canonicalQuery(query), signedHeaders: ["host"], payloadHash },
  );
  const scope = { date: "20260101", region: "us-east-1", service, terminator: "aws4_request" };
  const key = signingKey(CREDENTIALS.accessKeyId, scope, CREDENTIALS.secretAccessKey);
  const text = stringToSign("20260101T000000Z", `20260101/us-east-1/${service}/aws4_request`, canonical);
  return { ...sentHead("GET", `/k?${query}&X-Amz-Signature=${signature(key, text)}`, headers), body: "" };
}

const verifyS3 = (sent: Sent, now = NOW) => verify(sent, { family: "s3", now });

test("a presigned URL is good until it expires", () => {
  const sent = presigned();
  verifyS3(sent);
  verifyS3(sent, after(3600));
  assert.throws(() => verifyS3(sent, after(3601)), {
    code: "AccessDenied",
    status: 403,
    message: "Request has expired",
    fields: { "X-Amz-Expires": 3600, Expires: "2026-01-01T01:00:00Z", ServerTime: "2026-01-01T01:00:01Z" },
  });
});

test("a presigned URL of a later day is not valid yet", () => {
  const sent = presigned();
  verifyS3(sent, after(-900));
  assert.throws(() => verifyS3(sent, after(-901)), { code: "AccessDenied", message: "Request is not valid yet" });
});

test("a week is the longest that a URL may live", () => {
  verifyS3(presigned({ "X-Amz-Expires": String(WEEK) }), after(WEEK));
  const refused: [string | undefined, RegExp][] = [
    [String(WEEK + 1), /^X-Amz-Expires must be less than a week \(in seconds\); .* than 604800 seconds$/],
    ["9".repeat(400), /^X-Amz-Expires should be a number$/],
    ["-1", /^X-Amz-Expires must be non-negative$/],
    ["1e3", /^X-Amz-Expires should be a number$/],
    ["", /^X-Amz-Expires should be a number$/],
    [undefined, /requires the X-Amz-Algorithm, .* and X-Amz-Expires parameters\.$/],
  ];
  for (const [seconds, message] of refused) {
    const sent = presigned({ "X-Amz-Expires": seconds });
    assert.throws(() => verifyS3(sent), { code: "AuthorizationQueryParametersError", status: 400, message });
  }
});

test("what a presigned URL says cannot be changed", () => {
  const sent = presigned({ "x-id": "GetObject" });
  verifyS3(sent);
  const changes: [string, string][] = [
    ["X-Amz-Expires=3600", "X-Amz-Expires=3601"],
    ["x-id=GetObject", "x-id=PutObject"],
    ["x-id=GetObject", "x-id=GetObject&versionId=1"],
    ["x-id=GetObject", ""],
    ["X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host%3Brange"],
  ];
  for (const [from, to] of changes) {
    const changed = { ...sent, query: sent.query.replace(from, to) };
    assert.notEqual(changed.query, sent.query);
    assert.throws(() => verifyS3(changed), { code: "SignatureDoesNotMatch" }, to);
  }
  assert.throws(() => verifyS3({ ...sent, method: "PUT" }), { code: "SignatureDoesNotMatch" });
  assert.throws(() => verifyS3({ ...sent, path: "/k2" }), { code: "SignatureDoesNotMatch" });
  assert.throws(() => verifyS3(withHeaders(sent, { host: "c.s3.amazonaws.com" })), { code: "SignatureDoesNotMatch" });
});

test("parameters may come in another order and spelling, for they say the same", () => {
  const sent = presigned({ "x-id": "a b" });
  const query = sent.query.split("&").reverse().join("&").replace("a%20b", "a+%62");
  verifyS3({ ...sent, query });
});

test("a parameter that is there twice is refused, the signature too", () => {
  const { query, ...sent } = presigned();
  for (const name of ["X-Amz-Signature", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders"]) {
    const again = query.split("&").find((part) => part.startsWith(name)) ?? assert.fail(name);
    const code = "AuthorizationQueryParametersError";
    assert.throws(() => verifyS3({ ...sent, query: `${query}&${again}` }), { code }, name);
  }
});

test("a header of AWS's that the URL did not sign is refused", () => {
  const sent = withHeaders(presigned(), { "x-amz-server-side-encryption": "AES256" });
  assert.throws(() => verifyS3(sent), {
    code: "AccessDenied",
    fields: { HeadersNotSigned: "x-amz-server-side-encryption" },
  });
});

test("the scope of a presigned URL is checked in the parameters' words", () => {
  const scoped = (credential: string) => presigned({ "X-Amz-Credential": credential });
  assert.throws(() => verifyS3(scoped("AKIA/20260101/mars-1/s3/aws4_request")), {
    code: "AuthorizationQueryParametersError",
    message: "Error parsing the X-Amz-Credential parameter; the region 'mars-1' is wrong; expecting 'us-east-1'",
    fields: { Region: "us-east-1" },
  });
  assert.throws(() => verifyS3(scoped("AKIA/20260101/us-east-1")), {
    message:
      "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting " +
      '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  });
});

test("other algorithms, bad dates and two signatures at once are refused", () => {
  const code = "AuthorizationQueryParametersError";
  assert.throws(() => verifyS3(presigned({ "X-Amz-Algorithm": "AWS4-HMAC-SHA1" })), { code });
  assert.throws(() => verifyS3(presigned({ "X-Amz-Algorithm": undefined })), { code });
  assert.throws(() => verifyS3(presigned({ "X-Amz-Date": "20260101" })), {
    code,
    message: `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`,
  });
  const both = withHeaders(presigned(), { authorization: "AWS4-HMAC-SHA256 Credential=a" });
  assert.throws(() => present(both, "s3"), { code: "InvalidArgument", message: /^Only one auth mechanism allowed;/ });
  assert.throws(() => present(both, "json"), { code: "IncompleteSignatureException" });
});

test("the token travels in the URL and is signed", () => {
  const sent = presigned({ "X-Amz-Security-Token": "a/b+c=" });
  assert.equal(verifyS3(sent).sessionToken, "a/b+c=");
  const changed = { ...sent, query: sent.query.replace("a%2Fb", "a%2Fc") };
  assert.throws(() => verifyS3(changed), { code: "SignatureDoesNotMatch" });
});

test("the other services presign too: the body is signed, and an expiry need not be given", () => {
  const sts = { family: "query", signingName: "sts" } as const;
  const sent = presigned({ "X-Amz-Expires": undefined }, "sts", sha256Hex(""));
  verify(sent, sts);
  verify(sent, { ...sts, now: after(300) });
  assert.throws(() => verify(sent, { ...sts, now: after(301) }), { code: "SignatureDoesNotMatch" });
  assert.throws(() => verify({ ...sent, body: "Action=a" }, sts), { code: "SignatureDoesNotMatch" });
  const minute = presigned({ "X-Amz-Expires": "60" }, "sts", sha256Hex(""));
  assert.throws(() => verify(minute, { ...sts, now: after(61) }), {
    message: "Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T000101Z - 1 min.)",
  });
  assert.throws(() => verify(presigned({ "X-Amz-Expires": String(WEEK + 1) }, "sts"), sts), {
    code: "IncompleteSignature",
  });
});

test("a URL alone cannot say that its body comes in signed chunks", () => {
  const declaring = (declared: string) => presigned({ "X-Amz-Content-Sha256": declared }, "s3", declared);
  verifyS3(declaring("UNSIGNED-PAYLOAD"));
  verifyS3(declaring(sha256Hex("")));
  assert.throws(() => verifyS3(declaring(sha256Hex("another"))), { code: "XAmzContentSHA256Mismatch" });
  assert.throws(() => verifyS3(declaring("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")), { code: "InvalidArgument" });
});
