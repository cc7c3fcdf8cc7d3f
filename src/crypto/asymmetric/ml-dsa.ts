import { expandedKey } from "./expanded.js";
import { mlDsa } from "./noble.js";
import type { PrivateKeyHandle } from "./private-key.js";
import { rawPublicKey } from "./seed.js";
import { KEY_PAIRS, type MlDsaSpec } from "./specs.js";

type MlDsaMessage = "RAW" | "EXTERNAL_MU";

/** FIPS 204, pure and hedged, with the empty context. EXTERNAL_MU brings the 64 bytes that RAW makes of the message. */
export async function signMlDsa(
  handle: PrivateKeyHandle<MlDsaSpec>,
  messageType: MlDsaMessage,
  message: Buffer,
): Promise<Buffer> {
  const algorithm = await mlDsa(handle.spec);
  const secretKey = expandedKey(handle, (seed) => algorithm.keygen(seed));
  try {
    const isMu = messageType === "EXTERNAL_MU";
    const signature = isMu
      ? algorithm.internal.sign(message, secretKey, { externalMu: true })
      : algorithm.sign(message, secretKey);
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
  const algorithm = await mlDsa(spec);
  if (signature.length !== algorithm.lengths.signature) return false;
  const raw = rawPublicKey(KEY_PAIRS[spec], publicKey);
  return messageType === "EXTERNAL_MU"
    ? algorithm.internal.verify(signature, message, raw, { externalMu: true })
    : algorithm.verify(signature, message, raw);
}
