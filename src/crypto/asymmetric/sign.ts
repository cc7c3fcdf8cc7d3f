import { sign as signWithOpenssl, verify as verifyWithOpenssl } from "node:crypto";
import { asBuffer, needs } from "../../base/index.js";
import {
  canSign,
  type MessageType,
  messageBytesOf,
  SIGNINGS,
  type Signing,
  type SigningAlgorithm,
} from "./algorithms.js";
import { signEcdsaDigest, verifyEcdsaDigest } from "./ecdsa.js";
import { signEd25519ph, verifyEd25519ph } from "./ed25519ph.js";
import { signMlDsa, verifyMlDsa } from "./ml-dsa.js";
import type { PrivateKeyHandle } from "./private-key.js";
import { opensslPublicKey } from "./public-key.js";
import { signRsa, signRsaDigest, verifyRsa, verifyRsaDigest } from "./rsa-signature.js";
import { isEc, isMlDsa, type KeyPairSpec } from "./specs.js";

/** Signs; `canSign` has said that spec, algorithm and message type go together. */
export async function sign(
  handle: PrivateKeyHandle,
  algorithm: SigningAlgorithm,
  messageType: MessageType,
  message: Uint8Array,
): Promise<Buffer> {
  const { spec, key } = handle;
  const signing = signingOf(spec, algorithm, messageType, message);
  const bytes = asBuffer(message);
  switch (signing.scheme) {
    case "ecdsa":
      needs(isEc(spec), "ECDSA keys are on curves");
      return messageType === "RAW" ? signWithOpenssl(signing.hash, bytes, key) : signEcdsaDigest(spec, key, bytes);
    case "ed25519":
      return signWithOpenssl(null, bytes, key);
    case "ed25519ph":
      return signEd25519ph(key, bytes);
    case "ml-dsa":
      needs(isMlDsa(spec) && messageType !== "DIGEST", "ML-DSA signs with its own keys");
      return signMlDsa({ spec, key }, messageType, bytes);
    default:
      return messageType === "RAW"
        ? signRsa(key, signing.scheme, signing.hash, bytes)
        : signRsaDigest(key, signing.scheme, signing.hash, bytes);
  }
}

/** Whether the signature is that key's over that message. `publicKey` is SubjectPublicKeyInfo that we made. */
export async function verify(
  spec: KeyPairSpec,
  publicKey: Uint8Array,
  algorithm: SigningAlgorithm,
  messageType: MessageType,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const signing = signingOf(spec, algorithm, messageType, message);
  const [bytes, signed] = [asBuffer(message), asBuffer(signature)];
  switch (signing.scheme) {
    case "ecdsa": {
      needs(isEc(spec), "ECDSA keys are on curves");
      const key = opensslPublicKey(publicKey);
      return messageType === "RAW"
        ? verifyWithOpenssl(signing.hash, bytes, key, signed)
        : verifyEcdsaDigest(spec, key, bytes, signed);
    }
    case "ed25519":
      return verifyWithOpenssl(null, bytes, opensslPublicKey(publicKey), signed);
    case "ed25519ph":
      return verifyEd25519ph(opensslPublicKey(publicKey), bytes, signed);
    case "ml-dsa":
      needs(isMlDsa(spec) && messageType !== "DIGEST", "ML-DSA verifies with its own keys");
      return verifyMlDsa(spec, asBuffer(publicKey), messageType, bytes, signed);
    default: {
      const [key, { scheme, hash }] = [opensslPublicKey(publicKey), signing];
      return (messageType === "RAW" ? verifyRsa : verifyRsaDigest)(key, scheme, hash, bytes, signed);
    }
  }
}

function signingOf(
  spec: KeyPairSpec,
  algorithm: SigningAlgorithm,
  messageType: MessageType,
  message: Uint8Array,
): Signing {
  needs(canSign(spec, algorithm, messageType), "the algorithm is the key's and takes messages of that type");
  const digestBytes = messageBytesOf(algorithm, messageType);
  needs(digestBytes === undefined || message.length === digestBytes, "a digest has the length of its hash");
  return SIGNINGS[algorithm];
}
