import { createPublicKey, diffieHellman, type KeyObject } from "node:crypto";
import { asBuffer } from "../../base/index.js";
import { BadPeerKey } from "./bad-key.js";
import { bits, sequence } from "./der.js";
import type { PrivateKeyHandle } from "./private-key.js";
import { type EcSpec, isEc, KEY_PAIRS, type KeyPairSpec } from "./specs.js";

/** Curves of KEY_AGREEMENT keys: NIST's, not secp256k1. */
export type AgreementSpec = Exclude<EcSpec, "ECC_SECG_P256K1">;
export const canAgree = (spec: KeyPairSpec): spec is AgreementSpec => isEc(spec) && spec !== "ECC_SECG_P256K1";

/** Whether `agree` takes it, for whoever has to know before anything is agreed. */
export function isPeerKey(spec: AgreementSpec, spki: Uint8Array): boolean {
  try {
    peerKey(spec, asBuffer(spki));
    return true;
  } catch (thrown) {
    if (thrown instanceof BadPeerKey) return false;
    throw thrown;
  }
}

/** ECDH (SP 800-56A): the x coordinate, as long as the curve's coordinates are. Throws BadPeerKey. */
export function agree(handle: PrivateKeyHandle<AgreementSpec>, peerSpki: Uint8Array): Buffer {
  const publicKey = peerKey(handle.spec, asBuffer(peerSpki));
  return diffieHellman({ privateKey: handle.key, publicKey });
}

/**
 * SubjectPublicKeyInfo with the curve's name and an uncompressed point, in the one DER form it has: explicit
 * parameters and compressed points are not taken. That the point is on the curve is OpenSSL's check.
 */
function peerKey(spec: AgreementSpec, spki: Buffer): KeyObject {
  const { coordinateBytes } = KEY_PAIRS[spec];
  const point = spki.subarray(-1 - 2 * coordinateBytes);
  if (point[0] !== 4 || !spkiOf(spec, point).equals(spki)) throw new BadPeerKey();
  try {
    return createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch {
    throw new BadPeerKey();
  }
}

const EC_OID = Buffer.from("06072a8648ce3d0201", "hex");

function spkiOf(spec: AgreementSpec, point: Buffer): Buffer {
  return sequence(sequence(EC_OID, Buffer.from(KEY_PAIRS[spec].oid, "hex")), bits(point));
}
