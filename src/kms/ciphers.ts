import { AwsError, needs } from "../base/index.js";
import {
  isRsa,
  mostPlaintextBytes,
  RSA_ENCRYPTIONS,
  type RsaEncryptionAlgorithm,
  rsaEncrypt,
} from "../crypto/index.js";
import { type CipherSource, type CipherTarget, KeyStoreError } from "../keystore/index.js";
import { isInStore } from "./custom-stores/use-store.js";
import { type BlobNames, currentMaterial, materialFor, refuseOpening } from "./data-key.js";
import { contextBytes } from "./encryption-context.js";
import type { Kms } from "./kms.js";
import type { EncryptionContext } from "./port.js";
import { publicHalf } from "./public-key.js";
import type { LoadedKey } from "./repository.js";
import { openUnder, type SymmetricUse, sealUnder } from "./seal-under.js";
import { refuseUnlessFit } from "./use-key.js";

/** One side of Encrypt, Decrypt or ReEncrypt, as the caller describes it. */
export interface CipherRequest {
  readonly algorithm: string;
  readonly context: EncryptionContext | undefined;
}

/**
 * The key's state, usage and algorithm, and that no context comes with RSA: OAEP authenticates nothing beside the
 * plaintext, so a context could only be ignored (kms 3.5). The algorithm, when the key is an RSA key.
 */
export function refuseUnlessCiphers(
  loaded: LoadedKey,
  operation: string,
  { algorithm, context }: CipherRequest,
): RsaEncryptionAlgorithm | undefined {
  refuseUnlessFit(loaded, operation, "ENCRYPT_DECRYPT", algorithm);
  if (!isRsaAlgorithm(algorithm)) return undefined;
  if (context === undefined || Object.keys(context).length === 0) return algorithm;
  throw new AwsError("ValidationException", "EncryptionContext is valid for symmetric encryption keys only.");
}

const isRsaAlgorithm = (algorithm: string): algorithm is RsaEncryptionAlgorithm => algorithm in RSA_ENCRYPTIONS;

export function refuseTooLong(loaded: LoadedKey, algorithm: RsaEncryptionAlgorithm, bytes: number): void {
  if (bytes > mostBytes(loaded, algorithm)) throw tooLong(loaded, algorithm);
}

function tooLong(loaded: LoadedKey, algorithm: RsaEncryptionAlgorithm): AwsError {
  const [{ spec }, most] = [loaded.key, mostBytes(loaded, algorithm)];
  const text = `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`;
  return new AwsError("ValidationException", text);
}

function mostBytes(loaded: LoadedKey, algorithm: RsaEncryptionAlgorithm): number {
  const { spec } = publicHalf(loaded);
  needs(isRsa(spec), "RSA algorithms go with RSA keys");
  return mostPlaintextBytes(spec, algorithm);
}

/** A key that encrypts, in use: a symmetric one wherever it lies, or an RSA key and its algorithm. */
export interface CipherUse extends SymmetricUse {
  readonly rsa: RsaEncryptionAlgorithm | undefined;
}

/** Refuses at once what needs no waiting, as `decryptUnder` does: who calls them waits for them. */
export function encryptUnder(kms: Kms, use: CipherUse, plaintext: Uint8Array): Promise<Uint8Array> | Uint8Array {
  if (use.rsa === undefined) return sealUnder(kms, use, plaintext);
  refuseTooLong(use.loaded, use.rsa, plaintext.length);
  return rsaEncrypt(publicHalf(use.loaded).publicKey, use.rsa, plaintext);
}

/** An RSA ciphertext names nothing: `names` is there for symmetric ones. */
export function decryptUnder(
  kms: Kms,
  use: CipherUse,
  names: BlobNames | undefined,
  blob: Uint8Array,
): Promise<Buffer> {
  if (use.rsa !== undefined) {
    return kms.keyStore.decryptAsymmetric(currentMaterial(use.loaded), use.rsa, blob).catch(refuseOpening);
  }
  needs(names !== undefined, "a symmetric ciphertext was parsed");
  return openUnder(kms, use, names, blob);
}

/** Inside the key store where both keys are there (kms B-15); else the plaintext is here for a moment, and wiped. */
export async function reEncryptUnder(
  kms: Kms,
  from: CipherUse,
  names: BlobNames | undefined,
  blob: Uint8Array,
  to: CipherUse,
): Promise<Uint8Array> {
  if (!isInStore(from.loaded) && !isInStore(to.loaded)) {
    const [source, target] = [cipherSource(from, names, blob), cipherTarget(to)];
    return kms.keyStore.reEncrypt(source, target).catch((thrown: unknown) => refuseMoving(thrown, to));
  }
  const plaintext = await decryptUnder(kms, from, names, blob);
  try {
    return await encryptUnder(kms, to, plaintext);
  } finally {
    plaintext.fill(0);
  }
}

function cipherSource(
  { loaded, rsa, context }: CipherUse,
  names: BlobNames | undefined,
  blob: Uint8Array,
): CipherSource {
  if (rsa !== undefined) return { material: currentMaterial(loaded), blob, algorithm: rsa };
  needs(names !== undefined, "a symmetric ciphertext was parsed");
  return { material: materialFor(loaded, names), blob, aad: contextBytes(context) };
}

function cipherTarget({ loaded, rsa, context }: CipherUse): CipherTarget {
  if (rsa !== undefined) return { publicKey: publicHalf(loaded).publicKey, algorithm: rsa };
  return { material: currentMaterial(loaded), aad: contextBytes(context) };
}

/** Only the key store knows how long the plaintext is (kms B-16). */
function refuseMoving(thrown: unknown, { loaded, rsa }: CipherUse): never {
  const isTooLong = thrown instanceof KeyStoreError && thrown.reason === "too-long";
  if (isTooLong && rsa !== undefined) throw tooLong(loaded, rsa);
  return refuseOpening(thrown);
}
