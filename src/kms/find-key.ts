import { type AccountId, AwsError } from "../base/index.js";
import type { CallContext } from "../identity/index.js";
import type { BlobNames } from "./data-key.js";
import { type BadArnCode, isKeyId, type KeyIdentifier, noSuchAlias, noSuchKey, parseKeyOnly } from "./identifiers.js";
import { expireMaterials } from "./imported/erase-material.js";
import type { Kms } from "./kms.js";
import { makeManagedKey, managedServiceOf } from "./managed-keys.js";
import type { Found, LoadedKey } from "./repository.js";

export interface KeySearch {
  /** `kms:Decrypt`: what a refusal names. */
  readonly action: string;
  readonly badArn: BadArnCode;
  /** `alias/aws/<service>` makes the AWS managed key when it is not there yet. */
  readonly makesManaged?: boolean;
}

/** By any of the four forms (kms 1.2). Synchronous when the key is known. */
export function findKey(kms: Kms, call: CallContext, text: string, search: KeySearch): LoadedKey | Promise<LoadedKey> {
  const place = { account: call.caller.account, region: call.region };
  const found = kms.keys.find(text, place, search.badArn);
  const settle = ({ loaded, identifier }: Found) =>
    loaded === undefined ? missing(kms, call, identifier, search) : upToDate(kms, loaded);
  return found instanceof Promise ? found.then(settle) : settle(found);
}

/** By key id or key ARN alone: an alias is no name of a key for these operations (class K2). */
export async function findKeyById(kms: Kms, call: CallContext, text: string, search: KeySearch): Promise<LoadedKey> {
  const identifier = parseKeyOnly(text, { account: call.caller.account, region: call.region }, search.badArn);
  const loaded = await kms.keys.byRef(identifier.ref);
  return loaded === undefined ? missing(kms, call, identifier, search) : upToDate(kms, loaded);
}

/** By what a ciphertext names. A key that is not there looks like one that the caller may not see (kms 5.9). */
export function findKeyOfBlob(
  kms: Kms,
  call: CallContext,
  names: BlobNames,
  action: string,
): LoadedKey | Promise<LoadedKey> {
  if (!isKeyId(names.keyId)) throw invisibleKey(call, action);
  const ref = { account: names.account as AccountId, region: call.region, id: names.keyId }; // twelve digits in every blob
  const loaded = kms.keys.byRef(ref);
  const settle = (found: LoadedKey | undefined) =>
    found === undefined ? Promise.reject(invisibleKey(call, action)) : upToDate(kms, found);
  return loaded instanceof Promise ? loaded.then(settle) : settle(loaded);
}

/** The key as it is at this very moment: imported material whose time has come goes first, whoever asks (kms I-15). */
function upToDate(kms: Kms, loaded: LoadedKey): LoadedKey | Promise<LoadedKey> {
  const isHolding = loaded.expiresAtMs === undefined || loaded.expiresAtMs > kms.clock.nowMs();
  return isHolding ? loaded : withoutExpired(kms, loaded);
}

async function withoutExpired(kms: Kms, { key }: LoadedKey): Promise<LoadedKey> {
  await expireMaterials(kms, key, kms.clock.now());
  const loaded = await kms.keys.byRef(key);
  if (loaded === undefined) throw noSuchKey(key.arn);
  return loaded;
}

async function missing(kms: Kms, call: CallContext, identifier: KeyIdentifier, search: KeySearch): Promise<LoadedKey> {
  const account = identifier.kind === "key" ? identifier.ref.account : identifier.account;
  if (account !== call.caller.account) throw foreignKey(call, search.action, identifier.arn);
  if (identifier.kind === "key") throw noSuchKey(identifier.arn);
  const service = search.makesManaged === true ? managedServiceOf(identifier.name) : undefined;
  if (service === undefined) throw noSuchAlias(identifier.arn);
  await makeManagedKey(kms, { account, region: call.region }, service, kms.clock.now());
  return findKey(kms, call, identifier.arn, { ...search, makesManaged: false });
}

export const callerName = (call: CallContext): string =>
  call.caller.principal.arn || call.caller.principal.service || "anonymous";

/** Whether a key of another account exists is not told: the refusal is that of a key without a path (kms 5.9). */
export function foreignKey(call: CallContext, action: string, arn: string): AwsError {
  const who = `User: ${callerName(call)} is not authorized to perform: ${action} on resource: ${arn}`;
  return new AwsError("AccessDeniedException", `${who} because no resource-based policy allows the ${action} action`);
}

/** The key of a ciphertext is missing, or of another account and out of the caller's reach: one text for both. */
export function invisibleKey(call: CallContext, action: string): AwsError {
  return new AwsError("AccessDeniedException", invisibleKeyText(callerName(call), action));
}

export const invisibleKeyText = (caller: string, action: string): string =>
  `User: ${caller} is not authorized to perform: ${action} on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
