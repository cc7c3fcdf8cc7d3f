import { asBuffer } from "../../base/index.js";
import { BrokenSeal } from "../broken-seal.js";
import { Secret } from "../secret.js";
import { expandedKey } from "./expanded.js";
import { nativeEncapsulation, nativePrivateKey, nativePublicKey } from "./native.js";
import { mlKem } from "./noble.js";
import type { PrivateKeyHandle } from "./private-key.js";
import { rawPublicKey } from "./seed.js";
import { KEY_PAIRS, type MlKemSpec } from "./specs.js";

/** FIPS 203: a fresh shared secret of 32 bytes, and the ciphertext that gives it to the holder of the private key. */
export async function encapsulate(
  spec: MlKemSpec,
  publicKey: Uint8Array,
): Promise<{ sharedSecret: Secret; ciphertext: Buffer }> {
  const spki = asBuffer(publicKey);
  const raw = rawPublicKey(KEY_PAIRS[spec], spki);
  const native = nativePublicKey(spec, spki);
  if (native !== undefined && nativeEncapsulation !== undefined) {
    const { sharedKey, ciphertext } = nativeEncapsulation.encapsulate(native);
    return { sharedSecret: Secret.own(sharedKey), ciphertext };
  }
  const { cipherText, sharedSecret } = (await mlKem(spec)).encapsulate(raw);
  return { sharedSecret: Secret.own(sharedSecret), ciphertext: Buffer.from(cipherText) };
}

/**
 * The shared secret of a ciphertext. One that was changed gives another secret and no error (implicit rejection);
 * only one of the wrong length is a BrokenSeal.
 */
export async function decapsulate(handle: PrivateKeyHandle<MlKemSpec>, ciphertext: Uint8Array): Promise<Buffer> {
  if (ciphertext.length !== KEY_PAIRS[handle.spec].ciphertextBytes) throw new BrokenSeal();
  const native = nativePrivateKey(handle);
  if (native !== undefined && nativeEncapsulation !== undefined) {
    return nativeEncapsulation.decapsulate(native, ciphertext);
  }
  const algorithm = await mlKem(handle.spec);
  const secretKey = expandedKey(handle, (seed) => algorithm.keygen(seed));
  try {
    return asBuffer(algorithm.decapsulate(ciphertext, secretKey));
  } finally {
    secretKey.fill(0);
  }
}
