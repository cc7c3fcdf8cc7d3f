import { createHash } from "node:crypto";

/** The byte strings that an encryption consists of. Parts that are absent are undefined, never empty. */
export interface Parts {
  readonly aad: Buffer | undefined;
  readonly metadata: Buffer | undefined;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

const NONE = Buffer.alloc(0);

/** The integrity value: a hash over the bare parts one after the other, without their lengths. */
export function integrityValue(parts: Parts): Buffer {
  const hash = createHash("sha256");
  for (const part of [parts.aad ?? NONE, parts.metadata ?? NONE, parts.iv, parts.ciphertext, parts.tag]) {
    hash.update(part);
  }
  return hash.digest();
}

/** What the key manager gets as additional data: with metadata, both with their lengths before them. */
export function managerAad(aad: Buffer | undefined, metadata: Buffer | undefined): Buffer {
  if (metadata === undefined) return aad ?? NONE;
  const aadLength = Buffer.alloc(2);
  aadLength.writeUInt16BE(aad?.length ?? 0);
  return Buffer.concat([aadLength, aad ?? NONE, Buffer.of(metadata.length), metadata]);
}

/** Standard alphabet with padding, and nothing else. */
export function findBase64(text: unknown): Buffer | undefined {
  if (typeof text !== "string") return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
