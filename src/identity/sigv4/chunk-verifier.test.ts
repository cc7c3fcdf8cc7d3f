import assert from "node:assert/strict";
import { test } from "node:test";
import { chunkVerifier } from "./chunk-verifier.js";
import { sha256Hex } from "./hash.js";
import { PayloadHasher, payloadHasher } from "./payload.js";
import type { Presented } from "./presented.js";
import { CREDENTIALS, present, send, sentHead, verify } from "./testing.js";

/**
 * The example that AWS's documentation of chunked uploads works through (API Reference of S3, "Signature Calculations
 * for the Authorization Header: Transferring Payload in Multiple Chunks"): its dates, keys, bodies and signatures.
 */
const DOCUMENTED = {
  seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  chunks: [
    ["ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", 65_536],
    ["0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", 1024],
    ["b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", 0],
  ],
} as const;

/** Its sister with a trailer. */
const DOCUMENTED_TRAILER = {
  seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
  chunks: [
    ["b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2", 65_536],
    ["1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7", 1024],
    ["2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992", 0],
  ],
  lines: "x-amz-checksum-crc32c:sOO8/Q==\n",
  trailer: "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
} as const;

function presented(seed: string, form: string): Presented {
  const scope = `${CREDENTIALS.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${seed}`;
  const headers = { authorization, "x-amz-date": "20130524T000000Z", "x-amz-content-sha256": form };
  return present(sentHead("PUT", "/examplebucket/chunkObject.txt", headers), "s3");
}

const PLAIN = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const open = (form = PLAIN, seed: string = DOCUMENTED.seed) =>
  chunkVerifier(presented(seed, form), CREDENTIALS.secretAccessKey);
const openTrailer = () => open(`${PLAIN}-TRAILER`, DOCUMENTED_TRAILER.seed);
const data = (bytes: number) => Buffer.alloc(bytes, "a");
const MISMATCH = { code: "SignatureDoesNotMatch", status: 403 };
const MALFORMED = { code: "MalformedTrailerError", status: 400 };

test("the documented chunks are accepted in their order", () => {
  const verifier = open();
  for (const [signature, bytes] of DOCUMENTED.chunks) verifier.chunk(signature, data(bytes));
});

test("the documented seed signature is the request's own", () => {
  const headers = {
    host: "s3.amazonaws.com",
    "content-encoding": "aws-chunked",
    "content-length": "66824",
    "x-amz-decoded-content-length": "66560",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": PLAIN,
  };
  const date = new Date("2013-05-24T00:00:00Z");
  const path = "/examplebucket/chunkObject.txt";
  const sent = send({ service: "s3", method: "PUT", path, headers, payloadHash: PLAIN, date });
  assert.equal(sent.headers["authorization"]?.slice(-64), DOCUMENTED.seed);
  verify(sent, { family: "s3", now: date, bodySha256: undefined });
});

test("chunks that changed, swapped, repeat or are missing are refused", () => {
  const [[first], [second], [last]] = DOCUMENTED.chunks;
  const changed = data(65_536);
  changed[65_535] = 0x62;
  assert.throws(() => open().chunk(first, changed), MISMATCH);
  assert.throws(() => open().chunk(first, data(65_535)), MISMATCH);
  assert.throws(() => open().chunk(second, data(1024)), MISMATCH);
  assert.throws(() => open().chunk(last, data(0)), MISMATCH);
  assert.throws(() => open().chunk(undefined, data(65_536)), MISMATCH);
  assert.throws(() => open().chunk(first.toUpperCase(), data(65_536)), MISMATCH);
  const verifier = open();
  verifier.chunk(first, data(65_536));
  assert.throws(() => verifier.chunk(first, data(65_536)), MISMATCH);
  assert.throws(() => verifier.chunk(last, data(0)), MISMATCH);
  verifier.chunk(second, data(1024));
  verifier.chunk(last, data(0));
  assert.throws(() => verifier.chunk(last, data(0)), MISMATCH);
});

test("chunks of another key, day or seed are refused", () => {
  const [[first]] = DOCUMENTED.chunks;
  const of = presented(DOCUMENTED.seed, PLAIN);
  assert.throws(() => chunkVerifier(of, "another").chunk(first, data(65_536)), MISMATCH);
  const later = { ...of, date: "20130524T000001Z" };
  assert.throws(() => chunkVerifier(later, CREDENTIALS.secretAccessKey).chunk(first, data(65_536)), MISMATCH);
  assert.throws(() => openTrailer().chunk(first, data(65_536)), MISMATCH);
});

test("the documented trailer is accepted after the last chunk, once", () => {
  const { chunks, lines, trailer } = DOCUMENTED_TRAILER;
  const verifier = openTrailer();
  for (const [signature, bytes] of chunks) {
    assert.throws(() => verifier.trailer(trailer, lines), MALFORMED);
    verifier.chunk(signature, data(bytes));
  }
  assert.throws(() => verifier.trailer(undefined, lines), MALFORMED);
  assert.throws(() => verifier.trailer(trailer, ""), MISMATCH);
  assert.throws(() => verifier.trailer(trailer, lines.slice(0, -2)), MISMATCH);
  assert.throws(() => verifier.trailer(trailer.slice(0, -1), lines), MISMATCH);
  verifier.trailer(trailer, lines);
  assert.throws(() => verifier.trailer(trailer, lines), MALFORMED);
});

test("a body that announced no trailer may not have one", () => {
  const verifier = open();
  for (const [signature, bytes] of DOCUMENTED.chunks) verifier.chunk(signature, data(bytes));
  assert.throws(() => verifier.trailer(DOCUMENTED_TRAILER.trailer, DOCUMENTED_TRAILER.lines), MALFORMED);
});

test("unsigned chunks have no verifier", () => {
  assert.throws(() => open("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), { name: "BrokenNeed" });
  assert.throws(() => open("UNSIGNED-PAYLOAD"), { name: "BrokenNeed" });
});

test("a streamed body is held against its declared hash", () => {
  const declared = sha256Hex("content");
  const hashed = (...pieces: string[]) => {
    const hasher = new PayloadHasher(declared);
    for (const piece of pieces) hasher.update(Buffer.from(piece));
    hasher.finish();
  };
  hashed("con", "tent");
  assert.throws(() => hashed("con"), { code: "XAmzContentSHA256Mismatch", status: 400 });
  assert.throws(() => hashed(), { code: "XAmzContentSHA256Mismatch" });
  assert.ok(payloadHasher(presented(DOCUMENTED.seed, declared)));
  assert.equal(payloadHasher(presented(DOCUMENTED.seed, PLAIN)), undefined);
});
