/**
 * Key pairs: RSA, elliptic curves, Ed25519, ML-DSA, ML-KEM, in KMS's names and forms.
 * They never decide whether a key may be used. `crypto`'s door offers them to every room above.
 */
export { type AgreementSpec, agree, canAgree, isPeerKey } from "./agree.js";
export {
  canSign,
  type MessageType,
  messageBytesOf,
  RSA_ENCRYPTIONS,
  type RsaEncryptionAlgorithm,
  SIGNINGS,
  type SigningAlgorithm,
} from "./algorithms.js";
export { BadKey, BadPeerKey } from "./bad-key.js";
export { generateKeyPair } from "./generate.js";
export { decapsulate, encapsulate } from "./ml-kem.js";
export { importPrivateKey } from "./pkcs8.js";
export { type KeyPair, openPrivateKey, type PrivateKeyHandle, privateKeyBytes } from "./private-key.js";
export { mostBytesTo, mostPlaintextBytes, rsaDecrypt, rsaEncrypt } from "./rsa.js";
export { sign, verify } from "./sign.js";
export {
  HMAC_KEYS,
  type HmacSpec,
  isEc,
  isHmacSpec,
  isKeyPairSpec,
  isMaterialSpec,
  isMlKem,
  isRsa,
  KEY_PAIRS,
  type KeyPairSpec,
  type MaterialSpec,
  type MlKemSpec,
  type RsaSpec,
} from "./specs.js";
