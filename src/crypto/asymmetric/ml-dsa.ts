import { type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";
import { expandedKey } from "./expanded.js";
import { nativePrivateKey, nativePublicKey } from "./native.js";
import { mlDsa } from "./noble.js";
import type { PrivateKeyHandle } from "./private-key.js";
import { rawPublicKey } from "./seed.js";
import { KEY_PAIRS, type MlDsaSpec } from "./specs.js";

type MlDsaMessage = "RAW" | "EXTERNAL_MU";

const signOnPool = promisify(
  (message: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
    sign(null, message, key, done),
);

/** FIPS 204, pure and hedged, with the empty context. EXTERNAL_MU brings the 64 bytes that RAW makes of the message. */
export async function signMlDsa(
  handle: PrivateKeyHandle<MlDsaSpec>,
  messageType: MlDsaMessage,
  message: Buffer,
): Promise<Buffer> {
  const native = messageType === "RAW" ? nativePrivateKey(handle) : undefined;
  if (native !== undefined) return signOnPool(message, native);
  const algorithm = await mlDsa(handle.spec);
  const secretKey = expandedKey(handle, (seed) => algorithm.keygen(seed));
  try {
    const signature =
      messageType === "RAW"
        ? algorithm.sign(message, secretKey)
        : algorithm.internal.sign(message, secretKey, { externalMu: true });
    return Buffer.from(signature);
  } finally {
    secretKey.fill(0);
  }
}

export async function verifyMlDsa(
  spec: MlDsaSpec,
  publicKey: Buffer,
  messageType: MlDsaMessage,
  message: Buffer,
  signature: Buffer,
): Promise<boolean> {
  const raw = rawPublicKey(KEY_PAIRS[spec], publicKey);
  const native = messageType === "RAW" ? nativePublicKey(spec, publicKey) : undefined;
  if (native !== undefined) return verify(null, message, native, signature);
  const algorithm = await mlDsa(spec);
  if (signature.length !== algorithm.lengths.signature) return false;
  return messageType === "RAW"
    ? algorithm.verify(signature, message, raw)
    : algorithm.internal.verify(signature, message, raw, { externalMu: true });
}
