/**
 * Algorithms and stored formats: AEAD, MAC, KDF, key wrap, envelopes. The only room that makes key bytes.
 * It never decides who may use a key. `keystore`, `store`, `audit` and storage services seal and open with it.
 */
export * from "./secret.js";
