import { AwsError, LIMITS } from "../base/index.js";

/** One chunk's header: `hex(size)` with `;chunk-signature=…` in the signed forms. */
export interface ChunkHeader {
  readonly size: number;
  readonly signature: string | undefined;
}

const CHUNK = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-fA-F]{64,512}))?$/;

export function parseChunkHeader(line: string, isSigned: boolean): ChunkHeader {
  const match = CHUNK.exec(line);
  const size = Number.parseInt(match?.[1] ?? "", 16);
  if (!match || Number.isNaN(size) || (match[2] !== undefined) !== isSigned) throw malformedChunk();
  if (size > LIMITS.chunkBytes) throw malformedChunk();
  return { size, signature: match[2] };
}

export interface Trailer {
  /** Lower-case names, in their order. */
  readonly headers: ReadonlyMap<string, string>;
  readonly signature: string | undefined;
  /** `name:value\n` for each header, as it is signed. */
  readonly signedText: string;
}

const TRAILER_LINE = /^([A-Za-z0-9-]{1,128}):[ \t]*([\u0021-\u007e]{1,512})[ \t]*$/;

export function parseTrailer(lines: readonly string[], expected: readonly string[], isSigned: boolean): Trailer {
  const headers = new Map<string, string>();
  let signature: string | undefined;
  for (const line of lines) {
    const match = TRAILER_LINE.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (name === undefined || match?.[2] === undefined || signature !== undefined) throw malformedTrailer();
    if (name === "x-amz-trailer-signature") signature = match[2];
    else if (headers.has(name) || !expected.includes(name)) throw malformedTrailer();
    else headers.set(name, match[2]);
  }
  if (headers.size !== expected.length || (signature !== undefined) !== isSigned) throw malformedTrailer();
  const signedText = Array.from(headers, ([name, value]) => `${name}:${value}\n`).join("");
  return { headers, signature, signedText };
}

export const malformedChunk = (): AwsError =>
  new AwsError("InvalidRequest", "The chunked encoding of the request body is not valid.", { status: 400 });

export const malformedTrailer = (): AwsError =>
  new AwsError(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    { status: 400 },
  );

export const incompleteBody = (): AwsError =>
  new AwsError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    {
      status: 400,
    },
  );
