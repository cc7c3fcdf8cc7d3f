import { createHash, createPublicKey } from "node:crypto";

/** As ListPublicKeys shows it: DER of PKCS#1's RSAPublicKey, not of SubjectPublicKeyInfo. */
export const pkcs1Of = (spki: Uint8Array): Buffer =>
  createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }).export({ format: "der", type: "pkcs1" });

/** 32 hex digits that name the key in digests. A name, no proof: that is the signature. */
export const fingerprintOf = (spki: Uint8Array): string => createHash("md5").update(pkcs1Of(spki)).digest("hex");
