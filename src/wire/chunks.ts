import { AwsError, LIMITS, needs } from "../base/index.js";
import { ByteReader } from "./byte-reader.js";
import { incompleteBody, malformedChunk, malformedTrailer, parseChunkHeader, parseTrailer } from "./chunk-frames.js";
import type { ChunkVerifier, RequestHead } from "./port.js";

/** What a request's headers say of its aws-chunked body. */
export interface ChunkedForm {
  readonly isSigned: boolean;
  /** Names of the trailing headers that were announced, lower case. */
  readonly trailerNames: readonly string[];
  readonly hasTrailer: boolean;
  readonly decodedBytes: number;
}

/** The payload without its framing. It throws at the end, or before, when anything is wrong. */
export interface ChunkedBody extends AsyncIterable<Buffer> {
  readonly declaredBytes: number;
  /** Lower-case names; complete once the stream has ended. */
  readonly trailers: Readonly<Record<string, string>>;
}

const FORM = /^STREAMING-(?:UNSIGNED-PAYLOAD-TRAILER|AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256)-PAYLOAD(?:-TRAILER)?)$/;

/** Undefined when the body is not aws-chunked: `x-amz-content-sha256` decides. */
export function chunkedFormOf({ headers }: RequestHead): ChunkedForm | undefined {
  const form = headers["x-amz-content-sha256"] ?? "";
  if (!FORM.test(form)) return undefined;
  const hasTrailer = form.endsWith("-TRAILER");
  const names = (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  return {
    isSigned: !form.startsWith("STREAMING-UNSIGNED"),
    hasTrailer,
    trailerNames: hasTrailer ? names.filter((name) => name !== "") : [],
    decodedBytes: decodedLength(headers["x-amz-decoded-content-length"]),
  };
}

function decodedLength(text: string | undefined): number {
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", { status: 411 });
}

/**
 * Takes aws-chunked framing off. Unsigned data passes as it comes, without a copy; a signed chunk is held until its
 * signature is checked. `verifier` must be there for signed forms.
 */
export function decodeChunks(
  source: AsyncIterable<Uint8Array>,
  form: ChunkedForm,
  verifier: ChunkVerifier | undefined,
): ChunkedBody {
  needs(form.isSigned === (verifier !== undefined), "signed chunks are verified, and only they");
  const trailers: Record<string, string> = Object.create(null);
  const reader = new ByteReader(source, incompleteBody);
  return {
    declaredBytes: form.decodedBytes,
    trailers,
    [Symbol.asyncIterator]: () => chunks(reader, form, verifier, trailers),
  };
}

const NOTHING = Buffer.alloc(0);
/** Signed chunks but the last must hold at least so much. */
const LEAST_SIGNED_BYTES = 8192;

async function* chunks(
  reader: ByteReader,
  form: ChunkedForm,
  verifier: ChunkVerifier | undefined,
  trailers: Record<string, string>,
): AsyncGenerator<Buffer, void> {
  let total = 0;
  let previous = LEAST_SIGNED_BYTES;
  for (;;) {
    const { size, signature } = parseChunkHeader(await headerLine(reader), form.isSigned);
    if (size === 0) {
      verifier?.chunk(signature, NOTHING);
      break;
    }
    if (form.isSigned && previous < LEAST_SIGNED_BYTES) throw chunkTooSmall();
    previous = size;
    total += size;
    if (total > form.decodedBytes) throw incompleteBody();
    if (verifier === undefined) yield* reader.pieces(size);
    else {
      const data = await reader.bytes(size);
      verifier.chunk(signature, data);
      yield data;
    }
    if ((await reader.line(2)) !== "\r") throw malformedChunk();
  }
  if (total !== form.decodedBytes) throw incompleteBody();
  await readTrailer(reader, form, verifier, trailers);
  if (!(await reader.isAtEnd())) throw malformedChunk();
}

async function headerLine(reader: ByteReader): Promise<string> {
  const line = await reader.line(LIMITS.chunkHeaderBytes);
  if (line === undefined || !line.endsWith("\r")) throw malformedChunk();
  return line.slice(0, -1);
}

/** Lines up to an empty one. Without a trailer the empty line alone ends the body. */
async function readTrailer(
  reader: ByteReader,
  form: ChunkedForm,
  verifier: ChunkVerifier | undefined,
  trailers: Record<string, string>,
): Promise<void> {
  const lines: string[] = [];
  let left = LIMITS.trailerBytes;
  for (;;) {
    const line = (await reader.line(left))?.replace(/\r$/, "");
    if (line === undefined) throw malformedTrailer();
    if (line === "") break;
    left -= line.length + 1;
    lines.push(line);
  }
  if (!form.hasTrailer && lines.length > 0) throw malformedTrailer();
  const trailer = parseTrailer(lines, form.trailerNames, form.isSigned && form.hasTrailer);
  if (form.hasTrailer) verifier?.trailer(trailer.signature, trailer.signedText);
  Object.assign(trailers, Object.fromEntries(trailer.headers));
}

const chunkTooSmall = (): AwsError =>
  new AwsError("InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes", {
    status: 403,
  });
