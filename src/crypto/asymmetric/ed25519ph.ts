import type { KeyObject } from "node:crypto";
import { ed25519ph } from "./noble.js";

const SEED_BYTES = 32;
const POINT_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Ed25519ph (RFC 8032, 5.1) of the bytes given. It hashes them, also where they are themselves a digest. */
export async function signEd25519ph(key: KeyObject, message: Buffer): Promise<Buffer> {
  const algorithm = await ed25519ph();
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  try {
    return Buffer.from(algorithm.sign(message, pkcs8.subarray(-SEED_BYTES)));
  } finally {
    pkcs8.fill(0);
  }
}

export async function verifyEd25519ph(key: KeyObject, message: Buffer, signature: Buffer): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const point = key.export({ type: "spki", format: "der" }).subarray(-POINT_BYTES);
  return (await ed25519ph()).verify(signature, message, point, { zip215: false });
}
