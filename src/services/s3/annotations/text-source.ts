import { isUtf8 } from "node:buffer";
import { LIMITS } from "../../../base/index.js";
import { errors } from "../errors.js";
import type { PlaintextSource } from "../piece-writer.js";

const MOST = LIMITS.s3AnnotationBytes;

/** A request's body as an annotation takes it: not empty, not too long, and UTF-8 to its last byte. */
export function textSource(source: PlaintextSource): PlaintextSource {
  const { declaredBytes } = source;
  if (declaredBytes === undefined) throw errors.missingContentLength();
  if (declaredBytes > MOST) throw errors.entityTooLarge(declaredBytes, MOST);
  if (declaredBytes === 0) throw errors.invalidRequest(`An annotation payload must have between 1 and ${MOST} bytes.`);
  return {
    declaredBytes,
    // Read when the body has ended: only then are they there.
    get trailers() {
      return source.trailers;
    },
    [Symbol.asyncIterator]: () => checked(source),
  };
}

async function* checked(source: PlaintextSource): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.length - unfinishedBytes(bytes);
    if (!isUtf8(bytes.subarray(0, end))) throw errors.unsupportedMediaType();
    rest = Buffer.from(bytes.subarray(end));
    yield chunk;
  }
  if (rest.length > 0) throw errors.unsupportedMediaType();
}

/** How many bytes at the end begin a character that goes on in the next chunk: at most three. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

const lengthOf = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2);
