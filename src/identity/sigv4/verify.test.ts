import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../base/index.js";
import type { Family } from "./errors.js";
import { CREDENTIALS, NOW, type Sent, send, verify, withHeaders } from "./testing.js";

const after = (ms: number) => new Date(NOW.getTime() + ms);

const MISMATCH = {
  code: "InvalidSignatureException",
  status: 400,
  message:
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
    "and signing method. Consult the service documentation for details.",
};

test("a request that is signed by the key's secret is accepted", () => {
  const presented = verify(send());
  assert.equal(presented.accessKeyId, CREDENTIALS.accessKeyId);
  assert.deepEqual(presented.scope, {
    date: "20260101",
    region: "us-east-1",
    service: "kms",
    terminator: "aws4_request",
  });
});

const TAMPERED: Record<string, (sent: Sent) => Sent> = {
  method: (sent) => ({ ...sent, method: "PUT" }),
  path: (sent) => ({ ...sent, path: "/a" }),
  query: (sent) => ({ ...sent, query: "a=b" }),
  body: (sent) => ({ ...sent, body: '{"KeyId":"alias/b"}' }),
  host: (sent) => withHeaders(sent, { host: "localhost" }),
  target: (sent) => withHeaders(sent, { "x-amz-target": "TrentService.DisableKey" }),
  date: (sent) => withHeaders(sent, { "x-amz-date": "20260101T000001Z" }),
  token: (sent) => withHeaders(sent, { "x-amz-security-token": "another" }),
  "access key": (sent) => edited(sent, CREDENTIALS.accessKeyId, "AKIAIOSFODNN7EXAMPL2"),
  region: (sent) => edited(sent, "us-east-1", "eu-west-1"),
  "last digit": (sent) => ({ ...sent, ...flippedSignature(sent) }),
};

for (const [what, tamper] of Object.entries(TAMPERED)) {
  test(`another ${what} than the signed one is refused`, () => {
    const sent = send({ credentials: { ...CREDENTIALS, sessionToken: "token" } });
    verify(sent);
    const changed = tamper(sent);
    // The access key's name is not part of what is signed: it only says whose secret to ask.
    if (what === "access key") verify(changed);
    else assert.throws(() => verify(changed), MISMATCH);
  });
}

function edited(sent: Sent, from: string, to: string): Sent {
  return withHeaders(sent, { authorization: (sent.headers["authorization"] ?? "").replace(from, to) });
}

function flippedSignature(sent: Sent): Sent {
  const authorization = sent.headers["authorization"] ?? "";
  return withHeaders(sent, { authorization: authorization.slice(0, -1) + (authorization.endsWith("0") ? "1" : "0") });
}

test("another secret is refused, also after the right one was seen, and the right one after that", () => {
  const sent = send();
  verify(sent);
  assert.throws(() => verify(sent, { secret: `${CREDENTIALS.secretAccessKey}x` }), MISMATCH);
  verify(sent);
});

test("a signature that is shorter, longer or in capitals is refused", () => {
  const sent = send();
  const authorization = sent.headers["authorization"] ?? "";
  const signature = authorization.slice(-64);
  for (const other of [signature.slice(1), `${signature}0`, signature.toUpperCase(), "é".repeat(32)])
    assert.throws(() => verify(edited(sent, signature, other)), MISMATCH);
});

test("a header that nobody signed may change, one of AWS's may not come along", () => {
  const sent = send();
  verify(withHeaders(sent, { "user-agent": "another", "x-amzn-trace-id": "Root=1" }));
  const message = "'x-amz-meta-a', 'x-amz-b' must be a 'SignedHeader' in the AWS Authorization.";
  const changed = withHeaders(sent, { "x-amz-meta-a": "1", "x-amz-b": "2" });
  assert.throws(() => verify(changed), { code: "InvalidSignatureException", message });
});

test("S3 names the headers that were not signed", () => {
  const sent = withHeaders(sendS3("/b/k"), { "x-amz-acl": "public-read" });
  assert.throws(() => verify(sent, { family: "s3" }), {
    code: "AccessDenied",
    status: 403,
    message: "There were headers present in the request which were not signed",
    fields: { HeadersNotSigned: "x-amz-acl" },
  });
});

test("the host is signed or nothing is", () => {
  const sent = edited(send(), "SignedHeaders=host;", "SignedHeaders=");
  assert.throws(() => verify(sent), { message: "'host' must be a 'SignedHeader' in the AWS Authorization." });
});

test("signed headers in another order, or twice, do not match what was signed in order", () => {
  const sent = send();
  for (const other of ["x-amz-date;host", "host;host;x-amz-date", "host;;x-amz-date", "host;my-header;x-amz-date"])
    assert.throws(() => verify(edited(sent, "host;x-amz-date", other)), MISMATCH);
});

test("a signature expires after five minutes and is not taken five minutes early", () => {
  const sent = send();
  verify(sent, { now: after(LIMITS.clockSkewMs) });
  verify(sent, { now: after(-LIMITS.clockSkewMs) });
  assert.throws(() => verify(sent, { now: after(LIMITS.clockSkewMs + 1000) }), {
    code: "InvalidSignatureException",
    message: "Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T000501Z - 5 min.)",
  });
  assert.throws(() => verify(sent, { now: after(-LIMITS.clockSkewMs - 1000) }), {
    message:
      "Signature not yet current: 20260101T000000Z is still later than 20251231T235959Z (20251231T235459Z + 5 min.)",
  });
});

test("S3 takes fifteen minutes and says when it is", () => {
  const sent = sendS3("/b/k");
  verify(sent, { family: "s3", now: after(LIMITS.s3ClockSkewMs) });
  for (const ms of [LIMITS.s3ClockSkewMs + 1000, -LIMITS.s3ClockSkewMs - 1000]) {
    assert.throws(() => verify(sent, { family: "s3", now: after(ms) }), {
      code: "RequestTimeTooSkewed",
      status: 403,
      fields: {
        RequestTime: "20260101T000000Z",
        ServerTime: `${after(ms).toISOString().slice(0, 19)}Z`,
        MaxAllowedSkewMilliseconds: 900_000,
      },
    });
  }
});

const SCOPES: readonly { readonly scope: string; readonly text: string; readonly s3: string }[] = [
  {
    scope: "20260101/mars-1/NAME/aws4_request",
    text: "Credential should be scoped to a valid region.",
    s3: "the region 'mars-1' is wrong; expecting 'us-east-1'",
  },
  {
    scope: "20260101/us-east-1/ec2/aws4_request",
    text: "Credential should be scoped to correct service: 'NAME'.",
    s3: 'incorrect service "ec2". This endpoint belongs to "NAME".',
  },
  {
    scope: "20260101/us-east-1/NAME/aws5_request",
    text: "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    s3: 'incorrect terminal "aws5_request". This endpoint uses "aws4_request".',
  },
  {
    scope: "20260102/us-east-1/NAME/aws4_request",
    text:
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
      "'20260102' != '20260101', from '20260101T000000Z'.",
    s3: 'Invalid credential date "20260102". This date is not the same as X-Amz-Date: "20260101".',
  },
];

for (const { scope, text, s3 } of SCOPES) {
  test(`the scope ${scope} is refused in each family's words`, () => {
    const kms = edited(send(), "20260101/us-east-1/kms/aws4_request", scope.replace("NAME", "kms"));
    assert.throws(() => verify(kms), { code: "InvalidSignatureException", message: text.replace("NAME", "kms") });
    const bucket = edited(sendS3("/b/k"), "20260101/us-east-1/s3/aws4_request", scope.replace("NAME", "s3"));
    assert.throws(() => verify(bucket, { family: "s3" }), {
      code: "AuthorizationHeaderMalformed",
      status: 400,
      message: `The authorization header is malformed; ${s3.replace("NAME", "s3")}`,
      fields: scope.includes("mars") ? { Region: "us-east-1" } : {},
    });
  });
}

test("each family refuses a wrong signature by its own code and status", () => {
  const refused: [Family, string, number][] = [
    ["json", "InvalidSignatureException", 400],
    ["rest", "InvalidSignatureException", 403],
    ["query", "SignatureDoesNotMatch", 403],
  ];
  for (const [family, code, status] of refused)
    assert.throws(() => verify({ ...send(), path: "/a" }, { family }), { code, status });
});

test("services but S3 sign the body that came, whatever the header declares", () => {
  const declaring = (value: string) => send({ headers: { host: "localhost", "x-amz-content-sha256": value } });
  const sent = declaring("UNSIGNED-PAYLOAD");
  verify(sent);
  assert.throws(() => verify({ ...sent, body: "another" }), MISMATCH);
  assert.throws(() => verify({ ...declaring("0".repeat(64)), body: "another" }), MISMATCH);
});

test("an unsigned payload is accepted only where the operation allows it", () => {
  const headers = { host: "localhost", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const sent = signedUnsigned(headers);
  verify(sent, { allowsUnsignedPayload: true });
  assert.throws(() => verify(sent), MISMATCH);
  assert.throws(() => verify(sent, { bodySha256: undefined }), MISMATCH);
});

test("a body that still streams counts by its declared hash", () => {
  const sha256 = "f".repeat(64);
  const sent = signedUnsigned({ host: "localhost", "x-amz-content-sha256": sha256 }, sha256);
  verify(sent, { bodySha256: undefined });
  assert.throws(() => verify(sent), MISMATCH);
});

test("S3 signs what was declared, and the body must be it", () => {
  const sent = sendS3("/b/k", "content");
  verify(sent, { family: "s3" });
  verify(sent, { family: "s3", bodySha256: undefined });
  assert.throws(() => verify({ ...sent, body: "other" }, { family: "s3" }), {
    code: "XAmzContentSHA256Mismatch",
    status: 400,
    fields: {
      ClientComputedContentSHA256: "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
      S3ComputedContentSHA256: "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa",
    },
  });
  const redeclared = withHeaders(sent, { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" });
  assert.throws(() => verify(redeclared, { family: "s3" }), { code: "SignatureDoesNotMatch" });
});

test("S3 wants the body declared", () => {
  const sent = send({ service: "kms", path: "/b/k" });
  const scoped = edited(sent, "/kms/", "/s3/");
  assert.throws(() => verify(scoped, { family: "s3" }), {
    code: "InvalidRequest",
    message: "Missing required header for this request: x-amz-content-sha256",
  });
});

test("S3 shows what it calculated, without the secrets in it", () => {
  const token = "FwoGZXIvYXdzEJr";
  const key = "bWluaW11bS0zMi1ieXRlLWtleS1pcy1mb3Itc3NlLWM=";
  const headers = { host: "localhost", "x-amz-server-side-encryption-customer-key": key };
  const sent = send({ service: "s3", path: "/b/k", headers, credentials: { ...CREDENTIALS, sessionToken: token } });
  verify(sent, { family: "s3" });
  const fields = fieldsOf(() => verify({ ...sent, path: "/b/other" }, { family: "s3" }));
  assert.equal(fields["AWSAccessKeyId"], CREDENTIALS.accessKeyId);
  assert.equal(fields["SignatureProvided"], sent.headers["authorization"]?.slice(-64));
  assert.match(fields["StringToSign"] ?? "", /^AWS4-HMAC-SHA256\n20260101T000000Z\n20260101\/us-east-1\/s3\//);
  assert.match(fields["StringToSignBytes"] ?? "", /^41 57 53 34 2d /);
  assert.match(fields["CanonicalRequest"] ?? "", /^POST\n\/b\/other\n\nhost:localhost\n/);
  assert.match(fields["CanonicalRequestBytes"] ?? "", /^50 4f 53 54 0a /);
  const everything = JSON.stringify(fields);
  const bytes = Buffer.from((fields["CanonicalRequestBytes"] ?? "").replaceAll(" ", ""), "hex").toString();
  for (const secret of [token, key, CREDENTIALS.secretAccessKey])
    assert.ok(!everything.includes(secret) && !bytes.includes(secret), secret);
});

test("S3 paths keep their dots and double slashes, those of the others do not", () => {
  const s3 = sendS3("/b/a/../c//d/./e");
  verify(s3, { family: "s3" });
  assert.throws(() => verify({ ...s3, path: "/b/c/d/e" }, { family: "s3" }), { code: "SignatureDoesNotMatch" });
  verify({ ...send({ path: "/b/a/../c//d/./e" }), path: "/b/c/d/e" });
});

test("S3 takes a path that was signed as it was sent, and never another key's", () => {
  const sent = sendS3("/b/a%21%7e");
  verify({ ...sent, path: "/b/a!~" }, { family: "s3" });
  verify({ ...sent, path: "/b/%61%21~" }, { family: "s3" });
  for (const path of ["/b/a%2521~", "/b/a~!", "/b/a%21%7e/", "/b/A%21~"])
    assert.throws(() => verify({ ...sent, path }, { family: "s3" }), { code: "SignatureDoesNotMatch" });
});

test("repeated headers are signed in the order in which they came", () => {
  const sent = send({ headers: { host: "localhost", "my-header": "b,a" } });
  const twice = (first: string, second: string): Sent => ({
    ...sent,
    headers: { ...sent.headers, "my-header": `${first}, ${second}` },
    rawHeaders: [
      ...sent.rawHeaders.filter((_, i) => !isOf(sent, i, "my-header")),
      "My-Header",
      first,
      "my-header",
      second,
    ],
  });
  verify(twice("b", "a"));
  assert.throws(() => verify(twice("a", "b")), MISMATCH);
  // One header that holds a comma and a space is another text than two headers.
  assert.throws(() => verify(withHeaders(sent, { "my-header": "b, a" })), MISMATCH);
});

const isOf = (sent: Sent, i: number, name: string) => sent.rawHeaders[i - (i % 2)] === name;

function sendS3(path: string, body = ""): Sent {
  return send({ service: "s3", path, method: "PUT", headers: { host: "localhost" } }, body);
}

/** Signed as by a client that puts the declaration, not the body's hash, into what it signs. */
function signedUnsigned(headers: Record<string, string>, declared = "UNSIGNED-PAYLOAD"): Sent {
  return { ...send({ headers, payloadHash: declared }), body: "any" };
}

function fieldsOf(run: () => unknown): Record<string, string> {
  try {
    run();
  } catch (thrown) {
    return (thrown as { fields: Record<string, string> }).fields; // an AwsError's, or the assertions on it fail
  }
  return assert.fail("it was refused");
}
