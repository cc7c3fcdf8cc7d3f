import assert from "node:assert/strict";
import { test } from "node:test";
import { isAwsError } from "../base/index.js";
import { type ChunkedForm, chunkedFormOf, decodeChunks } from "./chunks.js";
import type { ChunkVerifier, RequestHead } from "./port.js";

const UNSIGNED: ChunkedForm = {
  isSigned: false,
  hasTrailer: true,
  trailerNames: ["x-amz-checksum-crc32"],
  decodedBytes: 11,
};
const SIGNED: ChunkedForm = { isSigned: true, hasTrailer: false, trailerNames: [], decodedBytes: 11 };
const SIGNATURE = "a".repeat(64);
const TRAILER = "x-amz-checksum-crc32:DUoRhQ==\r\n";

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, form = UNSIGNED, verifier?: ChunkVerifier, size = 7) {
  const body = decodeChunks(inPieces(text, size), form, verifier);
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString("latin1"), trailers: { ...body.trailers } };
}

const refuses = (code: string) => (thrown: unknown) => isAwsError(thrown, code);

for (const size of [1, 2, 3, 7, 64, 1000]) {
  test(`an unsigned body with a trailer is read from pieces of ${size} bytes`, async () => {
    assert.deepEqual(await read(`5\r\nhello\r\n6\r\n world\r\n0\r\n${TRAILER}\r\n`, UNSIGNED, undefined, size), {
      text: "hello world",
      trailers: { "x-amz-checksum-crc32": "DUoRhQ==" },
    });
  });
}

test("signed chunks are given whole and in order to the verifier, the empty last one included", async () => {
  const seen: string[] = [];
  const verifier = recordingVerifier(seen);
  const frame = `b;chunk-signature=${SIGNATURE}\r\nhello world\r\n0;chunk-signature=${SIGNATURE}\r\n\r\n`;
  assert.equal((await read(frame, SIGNED, verifier)).text, "hello world");
  assert.deepEqual(seen, ["hello world", ""]);
});

test("a signed trailer is verified as its lines were signed", async () => {
  const seen: string[] = [];
  const form = { ...UNSIGNED, isSigned: true };
  const frame = `b;chunk-signature=${SIGNATURE}\r\nhello world\r\n0;chunk-signature=${SIGNATURE}\r\n${TRAILER}x-amz-trailer-signature:${SIGNATURE}\r\n\r\n`;
  assert.deepEqual((await read(frame, form, recordingVerifier(seen))).trailers, { "x-amz-checksum-crc32": "DUoRhQ==" });
  assert.deepEqual(seen, ["hello world", "", `x-amz-checksum-crc32:DUoRhQ==\n`]);
});

test("nothing of a chunk whose signature is wrong is given out", async () => {
  const verifier: ChunkVerifier = {
    chunk: () => {
      throw new Error("wrong signature");
    },
    trailer: () => {},
  };
  const frame = `b;chunk-signature=${SIGNATURE}\r\nhello world\r\n0;chunk-signature=${SIGNATURE}\r\n\r\n`;
  const body = decodeChunks(inPieces(frame, 9), SIGNED, verifier);
  await assert.rejects(body[Symbol.asyncIterator]().next(), /wrong signature/);
});

const REFUSED: readonly (readonly [what: string, body: string, code: string, form?: ChunkedForm])[] = [
  ["fewer bytes than declared", `5\r\nhello\r\n0\r\n${TRAILER}\r\n`, "IncompleteBody"],
  ["more bytes than declared", `c\r\nhello world!\r\n0\r\n${TRAILER}\r\n`, "IncompleteBody"],
  ["an end inside a chunk", "b\r\nhello", "IncompleteBody"],
  ["an end before the last chunk", "b\r\nhello world\r\n", "IncompleteBody"],
  ["a size that is no number", `x\r\nhello world\r\n0\r\n${TRAILER}\r\n`, "InvalidRequest"],
  ["a negative size", `-b\r\nhello world\r\n0\r\n${TRAILER}\r\n`, "InvalidRequest"],
  ["a size beyond the bound", `fffffffff\r\nhello world\r\n0\r\n${TRAILER}\r\n`, "InvalidRequest"],
  ["data that is longer than its size", `5\r\nhello world\r\n0\r\n${TRAILER}\r\n`, "InvalidRequest"],
  ["a header line without end", "b".repeat(5000), "InvalidRequest"],
  ["a header that ends in a bare new line", `b\nhello world\r\n0\r\n${TRAILER}\r\n`, "InvalidRequest"],
  [
    "a signature where none belongs",
    `b;chunk-signature=${SIGNATURE}\r\nhello world\r\n0\r\n${TRAILER}\r\n`,
    "InvalidRequest",
  ],
  ["no signature where one belongs", "b\r\nhello world\r\n0\r\n\r\n", "InvalidRequest", SIGNED],
  ["bytes after the end", `b\r\nhello world\r\n0\r\n${TRAILER}\r\nmore`, "InvalidRequest"],
  ["no trailer where one was announced", "b\r\nhello world\r\n0\r\n\r\n", "MalformedTrailerError"],
  ["a trailer that was not announced", `b\r\nhello world\r\n0\r\n${TRAILER}x-other:1\r\n\r\n`, "MalformedTrailerError"],
  ["a trailer given twice", `b\r\nhello world\r\n0\r\n${TRAILER}${TRAILER}\r\n`, "MalformedTrailerError"],
  ["a trailer without a colon", "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32\r\n\r\n", "MalformedTrailerError"],
  ["an endless trailer", `b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:${"A".repeat(9000)}`, "MalformedTrailerError"],
  [
    "a trailer in a form without one",
    `b;chunk-signature=${SIGNATURE}\r\nhello world\r\n0;chunk-signature=${SIGNATURE}\r\n${TRAILER}\r\n`,
    "MalformedTrailerError",
    SIGNED,
  ],
  [
    "a small chunk that is not the last",
    `5;chunk-signature=${SIGNATURE}\r\nhello\r\n6;chunk-signature=${SIGNATURE}\r\n world\r\n0;chunk-signature=${SIGNATURE}\r\n\r\n`,
    "InvalidChunkSizeError",
    SIGNED,
  ],
];

for (const [what, body, code, form] of REFUSED) {
  test(`refuses ${what}`, async () => {
    const verifier = form?.isSigned ? recordingVerifier([]) : undefined;
    await assert.rejects(read(body, form ?? UNSIGNED, verifier), refuses(code));
  });
}

test("a signed body is never read without a verifier", () => {
  assert.throws(() => decodeChunks(inPieces("", 1), SIGNED, undefined), /verified/);
});

test("the form is told by the content hash header; a plain hash is no form", () => {
  assert.deepEqual(
    chunkedFormOf(
      headWith({
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "5",
        "x-amz-trailer": "x-amz-checksum-CRC32",
      }),
    ),
    { isSigned: true, hasTrailer: true, trailerNames: ["x-amz-checksum-crc32"], decodedBytes: 5 },
  );
  assert.equal(chunkedFormOf(headWith({ "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })), undefined);
  assert.equal(chunkedFormOf(headWith({})), undefined);
  assert.throws(
    () => chunkedFormOf(headWith({ "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" })),
    refuses("MissingContentLength"),
  );
});

const headWith = (headers: Record<string, string>): RequestHead => ({
  method: "PUT",
  path: "/",
  query: "",
  headers,
  rawHeaders: [],
});

function recordingVerifier(seen: string[]): ChunkVerifier {
  return {
    chunk: (_, data) => void seen.push(Buffer.from(data).toString("latin1")),
    trailer: (_, lines) => void seen.push(lines),
  };
}
