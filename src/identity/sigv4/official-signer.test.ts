import assert from "node:assert/strict";
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { test } from "node:test";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Checksum, HttpRequest } from "@smithy/types";
import { SeededEntropy } from "../../base/index.js";
import type { RequestHead } from "../../wire/index.js";
import { type Family, type Presented, parseSignature, sha256Hex, verifySignature } from "./index.js";

/** The signer of the official clients, as the witness from outside: what it signs must be accepted, and nothing near it. */
const CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const NOW = new Date("2026-11-21T09:00:00Z");

type Source = string | ArrayBuffer | ArrayBufferView;

const bytesOf = (source: Source): Buffer =>
  typeof source === "string"
    ? Buffer.from(source)
    : ArrayBuffer.isView(source)
      ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
      : Buffer.from(source);

class Sha256 implements Checksum {
  readonly #hash: Hash | Hmac;

  constructor(secret?: Source) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

interface Asked {
  readonly service: "kms" | "iam" | "lambda" | "s3";
  readonly method: string;
  /** Percent-encoded, as it is sent. */
  readonly path: string;
  /** Decoded. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly sessionToken?: string;
  readonly expiresIn?: number;
}

interface Sent {
  readonly head: RequestHead;
  readonly body: string;
  readonly service: Asked["service"];
}

const FAMILY: Readonly<Record<Asked["service"], Family>> = { kms: "json", iam: "query", lambda: "rest", s3: "s3" };

async function signed(asked: Asked): Promise<Sent> {
  const { service, sessionToken, body = "" } = asked;
  const signer = new SignatureV4({
    service,
    region: "us-east-1",
    credentials: { ...CREDENTIALS, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: service === "s3",
  });
  // What the official presigner of S3 sets, and the signer then moves into the URL.
  const unsigned: Record<string, string> =
    asked.expiresIn === undefined ? {} : { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const headers = { host: "localhost:4599", ...unsigned, ...asked.headers };
  const parts = { protocol: "http:", hostname: "localhost", method: asked.method, path: asked.path, body };
  const request: HttpRequest = { ...parts, headers, query: { ...asked.query } };
  const options = { signingDate: NOW };
  const made =
    asked.expiresIn === undefined
      ? await signer.sign(request, options)
      : await signer.presign(request, { ...options, expiresIn: asked.expiresIn });
  return { head: headOf(made), body, service };
}

/** As Node would read it from the wire. */
function headOf({ method, path, headers, query }: HttpRequest): RequestHead {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const pairs = Object.entries(query ?? {}).map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`);
  return { method, path, query: pairs.join("&"), headers: lower, rawHeaders: Object.entries(lower).flat() };
}

const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function verify({ head, body, service }: Sent, now = NOW): Presented {
  const family = FAMILY[service];
  const presented = parseSignature(head, family) ?? assert.fail("a signature is there");
  const secret = CREDENTIALS.secretAccessKey;
  verifySignature({ presented, head, secret, bodySha256: sha256Hex(body), now, family, signingName: service });
  return presented;
}

const KMS: Asked = {
  service: "kms",
  method: "POST",
  path: "/",
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Encrypt" },
  body: '{"KeyId":"alias/a","Plaintext":"AQID"}',
};

const REQUESTS: readonly (readonly [name: string, asked: Asked])[] = [
  ["awsJson", KMS],
  ["a session's", { ...KMS, sessionToken: "IQoJb3JpZ2luX2VjE//////////wE=" }],
  ["awsQuery", { service: "iam", method: "POST", path: "/", body: "Action=ListUsers&Version=2010-05-08" }],
  ["a path that is encoded twice", { service: "lambda", method: "GET", path: "/2015-03-31/functions/a%3Ab%20c" }],
  ["a path with dots", { service: "lambda", method: "GET", path: "/a/./b//c/../d/" }],
  [
    "a query to be ordered",
    { service: "lambda", method: "GET", path: "/a", query: { b: "2", a: "ü", A: "", "a-b": "x y" } },
  ],
  ["an object's key", { service: "s3", method: "GET", path: "/bucket/a%20b/%C3%BC/%2B%28x%29/..%2F~" }],
  ["an object's double slashes", { service: "s3", method: "GET", path: "/bucket//a//./b/" }],
  [
    "an object's bytes",
    { service: "s3", method: "PUT", path: "/bucket/a", body: "hello", headers: { "x-amz-meta-a": "b  c" } },
  ],
  ["a sub-resource", { service: "s3", method: "GET", path: "/bucket", query: { policy: "", prefix: "a/b c" } }],
  [
    "a presigned one",
    { service: "s3", method: "GET", path: "/bucket/a%20b", expiresIn: 600, query: { versionId: "x+y/z=" } },
  ],
  [
    "a session's presigned one",
    { service: "s3", method: "PUT", path: "/bucket/a", expiresIn: 600, sessionToken: "IQ//+=" },
  ],
];

for (const [name, asked] of REQUESTS) {
  test(`the official signer's request is accepted, what is near it is not: ${name}`, async () => {
    const sent = await signed(asked);
    const presented = verify(sent);
    assert.equal(presented.accessKeyId, CREDENTIALS.accessKeyId);
    assert.equal(presented.sessionToken, asked.sessionToken);
    assert.equal(presented.kind, asked.expiresIn === undefined ? "header" : "query");
    for (const near of neighbours(sent))
      assert.throws(() => verify(near), { name: "AwsError" }, JSON.stringify(near.head));
  });
}

function neighbours(sent: Sent): Sent[] {
  const { head } = sent;
  const change = (parts: Partial<RequestHead>): Sent => ({ ...sent, head: { ...head, ...parts } });
  return [
    change({ method: "DELETE" }),
    change({ path: `${head.path}x` }),
    change({ query: head.query === "" ? "x=" : `${head.query}&x=` }),
    change({ headers: { ...head.headers, host: "localhost:4600" } }),
    change({ headers: { ...head.headers, "x-amz-acl": "public-read" } }),
    // A presigned object may be any: its hash is not part of what is signed.
    ...(parseSignature(head, FAMILY[sent.service])?.kind === "query" ? [] : [{ ...sent, body: `${sent.body} ` }]),
  ];
}

test("a presigned request of the official signer lives as long as it says", async () => {
  const sent = await signed({ service: "s3", method: "GET", path: "/b/k", expiresIn: 600 });
  const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
  verify(sent, at(600));
  assert.throws(() => verify(sent, at(601)), { code: "AccessDenied", message: "Request has expired" });
  assert.throws(() => verify(sent, at(-16 * 60)), { code: "AccessDenied" });
});

const ALPHABET = [
  "a",
  "B",
  "0",
  "-",
  "_",
  ".",
  "~",
  "/",
  "%20",
  "%2F",
  "%C3%A4",
  "%7E",
  "!",
  "*",
  "'",
  "(",
  ")",
  "@",
  ":",
  "=",
  "$",
  "&",
  "+",
];

test("any path and query are read alike on both sides", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const entropy = new SeededEntropy(seed);
    const pick = (count: number) =>
      Array.from(entropy.bytes(count), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
    const service = seed % 2 === 0 ? "s3" : "lambda";
    const query = { [decodeURIComponent(pick(4))]: decodeURIComponent(pick(6)), list: pick(3) };
    const sent = await signed({ service, method: "GET", path: `/${pick(12)}`, query });
    assert.doesNotThrow(() => verify(sent), `seed ${seed}: ${service} ${sent.head.path}?${sent.head.query}`);
    assert.throws(() => verify({ ...sent, head: { ...sent.head, path: `${sent.head.path}b` } }), { name: "AwsError" });
  }
});
