import { AwsError } from "../../base/index.js";
import type { CallContext, Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import {
  type BadArnCode,
  checkGrantTokens,
  checkOnKey,
  contextBytes,
  type EncryptionContext,
  findKey,
  findKeyById,
  foreignKey,
  type KeyQuestion,
  type Kms,
  keyResource,
  type LoadedKey,
  noteUse,
  storeData,
} from "../../kms/index.js";

/** The key of a management operation: by id or ARN, in the caller's own account (class K2, no cross-account use). */
export async function ownKey(kms: Kms, ctx: RequestContext, keyId: string, action: string): Promise<LoadedKey> {
  const loaded = await anyKey(kms, ctx, keyId, action);
  if (loaded.key.account !== ctx.caller.account) throw foreignKey(ctx, action, loaded.key.arn);
  return loaded;
}

/** The same for operations that other accounts may call. */
export async function anyKey(
  kms: Kms,
  ctx: RequestContext,
  keyId: string,
  action: string,
  badArn: BadArnCode = "InvalidArnException",
): Promise<LoadedKey> {
  return shown(ctx, await findKeyById(kms, ctx, keyId, { action, badArn }));
}

/** The key of a cryptographic operation: all four forms, grant tokens checked. Synchronous for known keys. */
export function cryptoKey(
  kms: Kms,
  ctx: RequestContext,
  keyId: string,
  action: string,
  grantTokens: readonly string[] | undefined,
  badArn: BadArnCode = "NotFoundException",
): LoadedKey | Promise<LoadedKey> {
  const loaded = findKey(kms, ctx, keyId, { action, badArn });
  if (loaded instanceof Promise || grantTokens !== undefined) return withTokens(kms, ctx, loaded, grantTokens);
  return shown(ctx, loaded);
}

async function withTokens(
  kms: Kms,
  ctx: RequestContext,
  found: LoadedKey | Promise<LoadedKey>,
  grantTokens: readonly string[] | undefined,
): Promise<LoadedKey> {
  const loaded = shown(ctx, await found);
  await checkGrantTokens(kms, grantTokens, [loaded]);
  return loaded;
}

/** From here on the call's record names the key. */
export function shown(ctx: RequestContext, loaded: LoadedKey): LoadedKey {
  ctx.notes.resources.push(keyResource(loaded.key));
  if (loaded.key.customStore !== undefined) Object.assign(ctx.notes.additionalEventData, storeData(loaded.key));
  return loaded;
}

/** The one check that most operations on a key have. */
export function askKey(
  kms: Kms,
  call: CallContext,
  loaded: LoadedKey,
  question: KeyQuestion,
): readonly Check[] | Promise<readonly Check[]> {
  const check = checkOnKey(kms, call, loaded, question);
  return check instanceof Promise ? check.then((known) => [known]) : [check];
}

/** Everything was checked as for the real call, the contexts' form and length too; nothing is done (kms O-27). */
export function refuseDryRun(dryRun: boolean | undefined, ...contexts: (EncryptionContext | undefined)[]): void {
  if (dryRun !== true) return;
  for (const context of contexts) contextBytes(context);
  throw new AwsError("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.");
}

/** Attested recipients cannot be served here; the plaintext is never given instead (kms 3.6). */
export function refuseRecipient(recipient: object | undefined, code = "ValidationException"): void {
  if (recipient === undefined) return;
  throw new AwsError(code, "Attested recipients are not supported.");
}

/** What a cryptographic operation leaves behind: a symmetric key's material in its record, and the key's last use. */
export function used(kms: Kms, ctx: RequestContext, loaded: LoadedKey, operation: string, materialId?: string): void {
  if (materialId !== undefined) ctx.notes.additionalEventData["keyMaterialId"] = materialId;
  noteUse(kms, loaded.key, operation, ctx, ctx.eventId);
}
