import { AwsError } from "../base/index.js";
import type { CallContext, Check } from "../identity/index.js";
import type { RequestValues } from "../policy/index.js";
import { type KeyQuestion, keyCheck } from "./conditions.js";
import { invalidGrantToken } from "./grants/grant-token.js";
import { findGrant } from "./grants/store.js";
import { type KeyRef, refText, refuseUnlessUsable } from "./key.js";
import { algorithmsOf, type KeyUsage } from "./key-spec.js";
import type { Kms } from "./kms.js";
import type { LoadedKey } from "./repository.js";

/** The question whether the caller may do this with the key, grants included. Synchronous for known callers. */
export function checkOnKey(
  kms: Kms,
  call: CallContext,
  loaded: LoadedKey,
  question: KeyQuestion,
): Check | Promise<Check> {
  const grants = kms.keys.grantsOf(loaded, call.caller.principal);
  if (!(grants instanceof Promise)) return keyCheck(loaded, grants, question);
  return grants.then((known) => keyCheck(loaded, known, question));
}

/**
 * Grants work at once here, so a token opens no door that is not open already. It must still be one of ours, for a
 * grant that lives on a key of this request (kms G-18).
 */
export function checkGrantTokens(
  kms: Kms,
  tokens: readonly string[] | undefined,
  keys: readonly LoadedKey[],
): Promise<void> | undefined {
  return tokens === undefined || tokens.length === 0 ? undefined : checkTokens(kms, tokens, keys);
}

async function checkTokens(kms: Kms, tokens: readonly string[], keys: readonly LoadedKey[]): Promise<void> {
  const named = tokens.map((token) => kms.grantTokens.parse(token));
  const refs = new Set(keys.map((loaded) => refText(loaded.key)));
  for (const { key, id } of named) {
    const grant = refs.has(refText(key)) ? await kms.database.read((tx) => findGrant(tx, key, id)) : undefined;
    if (grant === undefined) throw invalidGrantToken();
  }
}

const SYMMETRIC: RequestValues = new Map([["kms:encryptionalgorithm", "SYMMETRIC_DEFAULT"]]);

/** `kms:EncryptionAlgorithm`; the default counts as if it had been sent (kms 5.7). */
export const algorithmValues = (algorithm = "SYMMETRIC_DEFAULT"): RequestValues =>
  algorithm === "SYMMETRIC_DEFAULT" ? SYMMETRIC : new Map([["kms:encryptionalgorithm", algorithm]]);

/** State first, then what the key is for, then the algorithm: the order in which AWS refuses (kms 1.3). */
export function refuseUnlessFit(loaded: LoadedKey, operation: string, usage: KeyUsage, algorithm?: string): void {
  const { key } = loaded;
  refuseUnlessUsable(key);
  if (key.usage !== usage) {
    const text = `${key.arn} key usage is ${key.usage} which is not valid for ${operation}.`;
    throw new AwsError("InvalidKeyUsageException", text);
  }
  if (algorithm === undefined || algorithmsOf(key.spec, key.usage)?.includes(algorithm)) return;
  throw new AwsError("InvalidKeyUsageException", `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
}

/** Data keys come from symmetric encryption keys only (kms 3.4). */
export function refuseUnlessSymmetric(loaded: LoadedKey, operation: string): void {
  refuseUnlessFit(loaded, operation, "ENCRYPT_DECRYPT");
  const { key } = loaded;
  if (key.spec === "SYMMETRIC_DEFAULT") return;
  throw new AwsError(
    "InvalidKeyUsageException",
    `${key.arn} key spec is ${key.spec} which is not valid for ${operation}.`,
  );
}

/** After a cryptographic operation succeeded: GetKeyLastUsage tells of it. */
export function noteUse(
  kms: Kms,
  ref: KeyRef,
  operation: string,
  call: Pick<CallContext, "time" | "requestId">,
  eventId?: string,
): void {
  const [atMs, { requestId }] = [call.time.getTime(), call];
  const use = eventId === undefined ? { operation, atMs, requestId } : { operation, atMs, requestId, eventId };
  kms.usage.note(ref, use);
}
