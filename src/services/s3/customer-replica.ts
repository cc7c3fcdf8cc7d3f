import { needs, utf8 } from "../../base/index.js";
import { BrokenSeal, canonicalContext, deriveKey, isMac, type KeyHandle, mac } from "../../crypto/index.js";
import type { Origin } from "./encryption.js";

/** Where a replica lies. */
export interface Place {
  readonly bucketId: string;
  readonly key: string;
  readonly versionId: string;
}

/** Format of a replica's wrapped data key, docs/formats/s3-object.md: version, mark, what the customer's key wrapped. */
const VERSION = 0xc2;
const MARK_BYTES = 32;
const WRAPPED_AT = 1 + MARK_BYTES;
const LABEL = utf8("strongroom/s3-customer-replica/1");
const NO_CONTEXT = utf8("");

/**
 * What a customer's key wrapped is bound to the place where it was wrapped, and only who has the key could bind it to
 * another. So a replica keeps it as it is, with its origin, and the house marks that this origin may lie in this place:
 * who changes rows without the house's key can pass no body off as another object's.
 */
export function markReplica(markKey: KeyHandle, place: Place, origin: Origin, wrapped: Uint8Array): Uint8Array {
  const mark = mac("HMAC_SHA_256", keyOf(markKey), marked(place, origin, wrapped));
  return Buffer.concat([Buffer.of(VERSION), mark, wrapped]);
}

/** What the customer's key wrapped. Throws BrokenSeal where the house never brought that origin to that place. */
export function unmarkReplica(markKey: KeyHandle, place: Place, origin: Origin, dataKey: Uint8Array): Uint8Array {
  needs(dataKey[0] === VERSION, "the data key of a replica under a customer's key is marked");
  const wrapped = dataKey.subarray(WRAPPED_AT);
  const mark = dataKey.subarray(1, WRAPPED_AT);
  if (!isMac("HMAC_SHA_256", keyOf(markKey), marked(place, origin, wrapped), mark)) throw new BrokenSeal();
  return wrapped;
}

const keyOf = (markKey: KeyHandle): KeyHandle => deriveKey(markKey, LABEL, NO_CONTEXT);

/** A canonical context says where it ends, so nothing of the wrapped key can be taken for a part of it. */
const marked = (place: Place, origin: Origin, wrapped: Uint8Array): Buffer =>
  Buffer.concat([
    canonicalContext({
      bucket: place.bucketId,
      key: place.key,
      version: place.versionId,
      originBucket: origin.bucketId,
      originBody: origin.bodyId,
    }),
    wrapped,
  ]);
