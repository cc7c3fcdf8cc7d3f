import { AwsError, needs } from "../base/index.js";
import { canAgree, isPeerKey } from "../crypto/index.js";
import { publicHalf } from "./public-key.js";
import type { LoadedKey } from "./repository.js";

/**
 * The peer's key must be on our key's curve. Asked here as well as in the key store, so that a dry run tells what the
 * real call would. No message (kms W-8).
 */
export function refuseBadPeer(loaded: LoadedKey, peer: Uint8Array): void {
  const { spec } = publicHalf(loaded);
  needs(canAgree(spec), "keys that agree are on NIST's curves");
  if (!isPeerKey(spec, peer)) throw new AwsError("ValidationException");
}
