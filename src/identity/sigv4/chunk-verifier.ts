import { AwsError, type Bytes, needs } from "../../base/index.js";
import type { ChunkVerifier } from "../../wire/index.js";
import { EMPTY_SHA256, sha256Hex } from "./hash.js";
import { ALGORITHM, type Presented } from "./presented.js";
import { s3Mismatch } from "./s3-errors.js";
import { isSignature, signature, signingKey } from "./signing-key.js";

/**
 * Checks signed chunks of a body whose head `verifySignature` accepted. Each signature signs the one before it, so
 * none can be left out, repeated or put elsewhere.
 */
export function chunkVerifier(presented: Presented, secret: string): ChunkVerifier {
  const { payload, date, scopeText } = presented;
  needs(payload.kind === "chunks" && payload.isSigned, "only signed chunks have signatures");
  const { hasTrailer } = payload;
  const key = signingKey(presented.accessKeyId, presented.scope, secret);
  let previous = presented.signature;
  let expects: "chunk" | "trailer" | "nothing" = "chunk";

  function check(sent: string | undefined, kind: "PAYLOAD" | "TRAILER", hashes: string): void {
    const text = `${ALGORITHM}-${kind}\n${date}\n${scopeText}\n${previous}\n${hashes}`;
    const expected = signature(key, text);
    if (sent === undefined || !isSignature(expected, sent)) throw s3Mismatch();
    previous = expected;
  }

  return {
    chunk(sent: string | undefined, data: Bytes): void {
      if (expects !== "chunk") throw s3Mismatch();
      check(sent, "PAYLOAD", `${EMPTY_SHA256}\n${data.length === 0 ? EMPTY_SHA256 : sha256Hex(data)}`);
      if (data.length === 0) expects = hasTrailer ? "trailer" : "nothing";
    },

    trailer(sent: string | undefined, lines: string): void {
      if (expects !== "trailer" || sent === undefined) throw malformedTrailer();
      check(sent, "TRAILER", sha256Hex(Buffer.from(lines, "latin1")));
      expects = "nothing";
    },
  };
}

const malformedTrailer = (): AwsError =>
  new AwsError(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    { status: 400 },
  );
