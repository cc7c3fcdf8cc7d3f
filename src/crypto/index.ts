/**
 * Algorithms and stored formats: AEAD, MAC, KDF, key wrap, envelopes. The only room that makes key bytes.
 * It never decides who may use a key. `keystore`, `store`, `audit` and storage services seal and open with it.
 */
export * from "./asymmetric/index.js";
export { BrokenSeal } from "./broken-seal.js";
export * from "./client-side/index.js";
export * from "./envelopes/index.js";
export { addonCrc, addonWrite, sha256, sha256Hex } from "./hash.js";
export {
  unwrapImported,
  WRAPPING_ALGORITHMS,
  WRAPPING_KEY_SPECS,
  type WrappingAlgorithm,
  type WrappingKeySpec,
} from "./import-wrapping.js";
export { deriveKey, hkdf, kdf } from "./kdf.js";
export { KEY_BYTES, type KeyHandle, keyHandle, newKey, newSecret, ownedHandle } from "./key.js";
export { KEY_WRAPS, type KeyWrap, unwrapKey, wrapKey } from "./key-wrap.js";
export { HMACS, type HmacAlgorithm, isMac, mac, textMac } from "./mac.js";
export { publicRandom } from "./random.js";
export { Secret } from "./secret.js";
export * from "./signed-xml/index.js";
