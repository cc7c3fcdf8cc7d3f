import { AwsError } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import {
  type BlobNames,
  findKey,
  findKeyOfBlob,
  invisibleKey,
  type Kms,
  type LoadedKey,
  namesIn,
  parseKeyIdentifier,
} from "../../kms/index.js";

/** A ciphertext and what the caller says about it. */
export interface Ciphertext {
  readonly blob: Uint8Array | undefined;
  readonly keyId: string | undefined;
  /** SYMMETRIC_DEFAULT unless the caller says otherwise. */
  readonly algorithm: string | undefined;
  readonly dryRun: boolean | undefined;
  readonly modifiers: readonly string[] | undefined;
  /** How the request calls the key, for the one message that names the member. */
  readonly keyMember: "KeyId" | "SourceKeyId";
}

/** The key that opens it. `names` is absent with RSA, and in a dry run that asked not to look at the ciphertext. */
export interface CiphertextKey {
  readonly loaded: LoadedKey;
  readonly names?: BlobNames;
}

/**
 * The key is the one that the ciphertext names; a key that the caller names beside it must be the same (kms B-12).
 * An RSA ciphertext names nothing: the caller says key and algorithm (kms B-11). Synchronous when the key is known.
 */
export function ciphertextKey(
  kms: Kms,
  ctx: RequestContext,
  ciphertext: Ciphertext,
  action: string,
): CiphertextKey | Promise<CiphertextKey> {
  const { blob, keyId } = ciphertext;
  if (ignoresCiphertext(ciphertext)) return withoutBlob(kms, ctx, ciphertext, action);
  if (blob === undefined) throw missingBlob();
  if (keyId !== undefined && !isSymmetric(ciphertext)) return namedByCaller(kms, ctx, keyId, action);
  const names = namesIn(blob);
  if (keyId !== undefined) return namedTwice(kms, ctx, names, keyId, action);
  const loaded = findKeyOfBlob(kms, ctx, names, action);
  return loaded instanceof Promise ? loaded.then((found) => ({ loaded: found, names })) : { loaded, names };
}

/** IGNORE_CIPHERTEXT is a modifier of dry runs and of nothing else (kms O-23). */
function ignoresCiphertext({ dryRun, modifiers }: Ciphertext): boolean {
  if (modifiers === undefined || modifiers.length === 0) return false;
  if (dryRun !== true)
    throw new AwsError("ValidationException", "DryRunModifiers can be used only when DryRun is true.");
  return modifiers.includes("IGNORE_CIPHERTEXT");
}

const isSymmetric = ({ algorithm = "SYMMETRIC_DEFAULT" }: Ciphertext) => algorithm === "SYMMETRIC_DEFAULT";

/** A key of another account that is not there is refused in the same words as one that the caller may not see. */
async function namedByCaller(kms: Kms, ctx: RequestContext, keyId: string, action: string): Promise<CiphertextKey> {
  const place = { account: ctx.caller.account, region: ctx.region };
  const { loaded, identifier } = await kms.keys.find(keyId, place, "NotFoundException");
  if (loaded !== undefined) return { loaded };
  const account = identifier.kind === "key" ? identifier.ref.account : identifier.account;
  if (account !== place.account) throw invisibleKey(ctx, action);
  return { loaded: await findKey(kms, ctx, keyId, { action, badArn: "NotFoundException" }) };
}

async function withoutBlob(
  kms: Kms,
  ctx: RequestContext,
  { keyId, keyMember }: Ciphertext,
  action: string,
): Promise<CiphertextKey> {
  if (keyId === undefined) {
    throw new AwsError("ValidationException", `${keyMember} is required when the ciphertext is ignored.`);
  }
  return namedByCaller(kms, ctx, keyId, action);
}

async function namedTwice(
  kms: Kms,
  ctx: RequestContext,
  names: BlobNames,
  keyId: string,
  action: string,
): Promise<CiphertextKey> {
  const place = { account: ctx.caller.account, region: ctx.region };
  const given = parseKeyIdentifier(keyId, place, "NotFoundException");
  // A bare id may name a key of another account when the ciphertext says the same; an ARN from abroad that the
  // ciphertext does not name is refused without a look, so that nothing is learned about that account's keys.
  const isSameId = given.kind === "key" && given.ref.id === names.keyId;
  if (isSameId && (given.bare || given.ref.account === names.account)) {
    return { loaded: await findKeyOfBlob(kms, ctx, names, action), names };
  }
  if (given.kind === "key" && given.ref.account !== place.account) throw incorrectKey();
  const loaded = await findKey(kms, ctx, keyId, { action, badArn: "NotFoundException" });
  if (loaded.key.id !== names.keyId || loaded.key.account !== names.account) throw incorrectKey();
  return { loaded, names };
}

const incorrectKey = () =>
  new AwsError(
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
  );

const missingBlob = () =>
  new AwsError(
    "ValidationException",
    "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
  );
