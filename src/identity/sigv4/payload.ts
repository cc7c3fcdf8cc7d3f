import { createHash } from "node:crypto";
import { type Bytes, table } from "../../base/index.js";
import type { Family } from "./errors.js";
import { type PayloadDeclaration, type Presented, UNSIGNED_PAYLOAD } from "./presented.js";
import { s3BadPayloadDeclaration, s3PayloadMismatch } from "./s3-errors.js";

const DECLARATIONS = table({
  [UNSIGNED_PAYLOAD]: { kind: "unsigned" },
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": chunks("STREAMING-UNSIGNED-PAYLOAD-TRAILER", false, true),
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": chunks("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", true, false),
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": chunks("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", true, true),
} satisfies Record<string, PayloadDeclaration>);

function chunks(text: string, isSigned: boolean, hasTrailer: boolean): PayloadDeclaration {
  return { kind: "chunks", text, isSigned, hasTrailer };
}

const NONE: PayloadDeclaration = { kind: "none" };

/** Only S3 minds what else is in the header: the other services hash the body that came. */
export function parsePayloadDeclaration(text: string | undefined, family: Family): PayloadDeclaration {
  if (text === undefined) return NONE;
  if (text.length === 64 && /^[0-9a-f]+$/i.test(text)) return { kind: "sha256", sha256: text };
  const known = DECLARATIONS[text as keyof typeof DECLARATIONS]; // tables have no prototype: an unknown name gives undefined
  if (known !== undefined) return known;
  if (family === "s3") throw s3BadPayloadDeclaration(text);
  return NONE;
}

/** Holds a body that streams by against the hash that was signed. What it guards counts only after `finish`. */
export class PayloadHasher {
  readonly #declared: string;
  readonly #hash = createHash("sha256");

  constructor(declared: string) {
    this.#declared = declared;
  }

  update(data: Bytes): void {
    this.#hash.update(data);
  }

  /** Throws XAmzContentSHA256Mismatch. */
  finish(): void {
    checkPayload(this.#declared, this.#hash.digest("hex"));
  }
}

/** Undefined when no hash of the whole body was declared. */
export const payloadHasher = ({ payload }: Pick<Presented, "payload">): PayloadHasher | undefined =>
  payload.kind === "sha256" ? new PayloadHasher(payload.sha256) : undefined;

export function checkPayload(declared: string, computed: string): void {
  if (declared.toLowerCase() !== computed) throw s3PayloadMismatch(declared, computed);
}
