import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError, SeededEntropy } from "../../base/index.js";
import { credentialError, type Family, familyOf, missingSignature } from "./errors.js";
import { parseSignature } from "./parse.js";
import { present, send, sentHead, verify, withHeaders } from "./testing.js";

const CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request";
const SIGNATURE = "0".repeat(64);
const GOOD = `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host;x-amz-date, Signature=${SIGNATURE}`;

function parseHeader(authorization: string, family: Family, headers: Record<string, string> = {}) {
  const all = { host: "localhost", "x-amz-date": "20260101T000000Z", authorization, ...headers };
  return parseSignature(sentHead("GET", "/", all), family);
}

test("nobody signed: there is nothing to parse", () => {
  for (const family of ["json", "query", "rest", "s3"] as const) {
    assert.equal(parseSignature(sentHead("GET", "/b/k?versionId=1", { host: "localhost" }), family), undefined);
    assert.equal(parseSignature(sentHead("GET", "/?X-Amz-Other=1", { host: "localhost" }), family), undefined);
  }
});

test("a signature's parts are told as they were sent", () => {
  const { payload, sessionToken, ...rest } = present(send({ service: "s3" }), "s3");
  assert.equal(sessionToken, undefined);
  assert.deepEqual(payload, {
    kind: "sha256",
    sha256: "26bf5a4998dc23d67ca5ad5613737745adfc0305e183057016a1a7cc51d0fbcb",
  });
  assert.equal(rest.scopeText, "20260101/us-east-1/s3/aws4_request");
});

test("spaces between the parts may be missing, and their order is free", () => {
  assert.ok(parseHeader(GOOD, "json"));
  assert.ok(parseHeader(GOOD.replaceAll(", ", ","), "s3"));
  const turned = `AWS4-HMAC-SHA256 Signature=${SIGNATURE}, SignedHeaders=host, Credential=${CREDENTIAL}`;
  assert.equal(parseHeader(turned, "s3")?.signature, SIGNATURE);
});

const MALFORMED: Record<string, string> = {
  "no parts": "AWS4-HMAC-SHA256 ",
  "no signature": `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=host`,
  "an empty signature": GOOD.replace(SIGNATURE, ""),
  "no signed headers": `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, Signature=${SIGNATURE}`,
  "no credential": `AWS4-HMAC-SHA256 SignedHeaders=host, Signature=${SIGNATURE}`,
  "two credentials": `${GOOD}, Credential=${CREDENTIAL}`,
  "two signatures": `${GOOD}, Signature=${SIGNATURE}`,
  "a part too many": `${GOOD}, Extra=1`,
  "a part without a value": `${GOOD}, Extra`,
  "a part without a name": `${GOOD}, =1`,
  "four elements in the credential": GOOD.replace("/s3/", "/"),
  "six elements in the credential": GOOD.replace("/s3/", "/s3/s3/"),
  "an empty element in the credential": GOOD.replace("/s3/", "//"),
  "an access key id without end": GOOD.replace("AKIA", "A".repeat(200)),
};

for (const [what, authorization] of Object.entries(MALFORMED)) {
  test(`an Authorization header with ${what} is malformed`, () => {
    assert.throws(() => parseHeader(authorization, "json"), { code: "IncompleteSignatureException", status: 400 });
    assert.throws(() => parseHeader(authorization, "rest"), { code: "IncompleteSignatureException", status: 400 });
    assert.throws(() => parseHeader(authorization, "query"), { code: "IncompleteSignature", status: 400 });
    assert.throws(() => parseHeader(authorization, "s3"), { code: "AuthorizationHeaderMalformed", status: 400 });
  });
}

test("what is missing is named, and the header itself is not repeated", () => {
  assert.throws(
    () => parseHeader(`AWS4-HMAC-SHA256 Credential=${CREDENTIAL}`, "query"),
    ({ message }: Error) =>
      message.startsWith(
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. " +
          "(Hashed with SHA-256 and encoded with Base64) Authorization=",
      ) && !message.includes("AKIA"),
  );
});

test("version 2, SigV4A and other schemes are recognised to be refused", () => {
  const others = [
    "AWS AKIAIOSFODNN7EXAMPLE:c2ln",
    GOOD.replace("HMAC-SHA256", "ECDSA-P256-SHA256"),
    "AWS4-HMAC-SHA256",
  ];
  for (const authorization of others) {
    assert.throws(() => parseHeader(authorization, "s3"), {
      code: "InvalidRequest",
      message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    });
    assert.throws(() => parseHeader(authorization, "json"), { code: "IncompleteSignatureException" });
  }
  const message = "Unsupported Authorization Type";
  assert.throws(() => parseHeader("Bearer abc", "s3"), { code: "InvalidArgument", message });
  assert.throws(() => parseHeader("Bearer abc", "json"), { code: "IncompleteSignatureException" });
  assert.throws(() => parseHeader("", "json"), { code: "IncompleteSignatureException" });
});

test("version 2 in the URL is recognised to be refused, but by S3", () => {
  const head = sentHead("GET", "/b/k?AWSAccessKeyId=AKIA&Expires=1&Signature=c2ln", { host: "localhost" });
  for (const family of ["json", "query", "rest"] as const)
    assert.throws(() => parseSignature(head, family), { code: /^IncompleteSignature/ });
});

test("a date that no calendar has is refused", () => {
  const dates = [
    "20260231T000000Z",
    "20261301T000000Z",
    "20260101T240000Z",
    "2026-01-01T00:00:00Z",
    "20260101",
    "x",
    "",
  ];
  for (const date of [...dates, "20260101T00000 Z", "00260101T000000Z", "20260101T000000Z, 20260101T000000Z"]) {
    const headers = { "x-amz-date": date };
    assert.throws(() => parseHeader(GOOD, "json", headers), { code: "IncompleteSignatureException" }, date);
    assert.throws(() => parseHeader(GOOD, "s3", headers), { code: "AccessDenied" }, date);
  }
});

test("the Date header serves where X-Amz-Date is not there", () => {
  const headers = { host: "localhost", authorization: GOOD };
  const dated = sentHead("GET", "/", { ...headers, date: "Thu, 01 Jan 2026 00:00:00 GMT" });
  assert.equal(parseSignature(dated, "s3")?.date, "20260101T000000Z");
  assert.throws(() => parseSignature(sentHead("GET", "/", headers), "s3"), { code: "AccessDenied" });
  assert.throws(() => parseSignature(sentHead("GET", "/", headers), "query"), { code: "IncompleteSignature" });
});

test("declarations of the payload", () => {
  const declared = (text: string) => parseHeader(GOOD, "s3", { "x-amz-content-sha256": text })?.payload;
  assert.deepEqual(declared("UNSIGNED-PAYLOAD"), { kind: "unsigned" });
  const text = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
  assert.deepEqual(declared(text), { kind: "chunks", text, isSigned: true, hasTrailer: true });
  const others = ["", "unsigned-payload", "0".repeat(63), "g".repeat(64), "__proto__"];
  for (const other of [...others, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"])
    assert.throws(() => declared(other), { code: "InvalidArgument", status: 400 }, other);
  assert.deepEqual(parseHeader(GOOD, "rest", { "x-amz-content-sha256": "required" })?.payload, { kind: "none" });
});

test("families follow protocols", () => {
  assert.deepEqual((["awsJson1_1", "awsQuery", "ec2Query", "restJson1", "restXml"] as const).map(familyOf), [
    "json",
    "query",
    "query",
    "rest",
    "s3",
  ]);
});

test("each family has its own words for keys that may not sign", () => {
  const said = (family: Family) =>
    (["unknown-key", "inactive-key", "bad-token", "expired-token"] as const).map((why) => {
      const { code, status } = credentialError(family, why, "AKIA");
      return `${code} ${status}`;
    });
  const unrecognised = (status: number) => Array(3).fill(`UnrecognizedClientException ${status}`);
  assert.deepEqual(said("json"), [...unrecognised(400), "ExpiredTokenException 400"]);
  assert.deepEqual(said("rest"), [...unrecognised(403), "ExpiredTokenException 403"]);
  assert.deepEqual(said("query"), [...Array(3).fill("InvalidClientTokenId 403"), "ExpiredToken 403"]);
  assert.deepEqual(said("s3"), [
    "InvalidAccessKeyId 403",
    "InvalidAccessKeyId 403",
    "InvalidToken 400",
    "ExpiredToken 400",
  ]);
  assert.deepEqual(credentialError("s3", "unknown-key", "AKIA").fields, { AWSAccessKeyId: "AKIA" });
  assert.equal(missingSignature("json").message, "Missing Authentication Token");
  assert.equal(missingSignature("query").code, "MissingAuthenticationToken");
  assert.equal(missingSignature("s3").code, "AccessDenied");
});

test("no damage to a header passes, and each is answered in AWS's words", () => {
  const seed = 20260101;
  const entropy = new SeededEntropy(seed);
  const pick = (below: number) => Buffer.from(entropy.bytes(4)).readUInt32BE() % below;
  const sent = send();
  const good = sent.headers["authorization"] ?? "";
  const accessKeyEnds = good.indexOf("/");
  for (let i = 0; i < 2000; i += 1) {
    // The access key's name is looked up, not signed; the rest of the header must stand as it was.
    const at = accessKeyEnds + pick(good.length - accessKeyEnds);
    const character = String.fromCharCode(32 + pick(224));
    const authorization = good.slice(0, at) + character + good.slice(at + 1 + pick(3));
    if (authorization.replaceAll(" ", "") === good.replaceAll(" ", "")) continue;
    assert.throws(
      () => verify(withHeaders(sent, { authorization })),
      (thrown) => thrown instanceof AwsError,
      `seed ${seed}: ${authorization}`,
    );
  }
});
