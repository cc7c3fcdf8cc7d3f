import { AwsError } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import {
  callerName,
  checkGrantRequest,
  checkGrantTokens,
  checkSuits,
  childTooWide,
  type Grant,
  type GrantId,
  type GrantRequest,
  getStoredKey,
  granteeNames,
  grantRows,
  grantView,
  isAllowed,
  isInertFor,
  isWithin,
  type KeyQuestion,
  type Kms,
  keyCheck,
  type LoadedKey,
  refuseUnless,
} from "../../../kms/index.js";
import type { Decision } from "../../../policy/index.js";
import type { ReadTx, WriteTx } from "../../../store/index.js";
import { ASKED, concerning } from "../audit.js";
import { constrainedContext, grantRequest, grantValues, invalidPrincipal } from "../grant-input.js";
import { anyKey, askKey, refuseDryRun } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:CreateGrant";

export const createGrant = operation("CreateGrant", {
  target: async (ctx, input, kms) => {
    const request = grantRequest(ctx, input);
    checkGrantRequest(request);
    const loaded = await anyKey(kms, ctx, input.KeyId, action);
    await checkGrantTokens(kms, input.GrantTokens, [loaded]);
    return { loaded, request };
  },
  checks: (ctx, _input, { loaded, request }, kms) => askKey(kms, ctx, loaded, questionOf(ctx, request)),
  run: async (ctx, input, ok, kms) => {
    const { loaded, request } = ok.target;
    refuseUnless(loaded.key, "Enabled", "Unavailable", "Updating");
    checkSuits(loaded.key, request);
    await refuseWiderThanParent(kms, ctx, loaded, request, ok.decisions);
    const granteeUniqueId = await uniqueIdOf(kms, loaded, request);
    const made = {
      ...newGrant(kms, ctx, loaded, request),
      ...(granteeUniqueId === undefined ? {} : { granteeUniqueId }),
    };
    if (input.DryRun) await kms.database.read((tx) => findOrMakeRoom(kms, tx, made));
    refuseDryRun(input.DryRun);
    const grant = await ctx.commit(kms.database, (tx) => insertOnce(kms, tx, made));
    return {
      ...concerning(loaded.key), // for the record: the model has no such member
      GrantId: grant.id,
      GrantToken: kms.grantTokens.make(grant),
    };
  },
  audit: { ...ASKED, response: (output) => ({ keyId: (output as { KeyId?: string }).KeyId, grantId: output.GrantId }) }, // see `run`
});

const questionOf = (ctx: RequestContext, request: GrantRequest): KeyQuestion => ({
  action,
  values: grantValues(ctx, request),
  encryptionContext: constrainedContext(request),
});

/**
 * Whoever was allowed by grants alone gives away no more than one of them gives (kms G-14): asked again, with those
 * grants only that the new one lies within.
 */
async function refuseWiderThanParent(
  kms: Kms,
  ctx: RequestContext,
  loaded: LoadedKey,
  request: GrantRequest,
  [decision]: readonly Decision[],
): Promise<void> {
  if (decision?.allowed !== true || decision.by !== "grant") return;
  const { principal } = ctx.caller;
  const known = await kms.database.read((tx) => grantRows.grantsFor(tx, loaded.key, granteeNames(principal)));
  const parents = known.filter((parent) => !isInertFor(parent, principal) && isWithin(request, parent));
  const check = keyCheck(loaded, parents.map(grantView), questionOf(ctx, request));
  if (!isAllowed(ctx, check)) throw childTooWide(callerName(ctx), loaded.key.arn);
}

/** Who lives in the key's account must exist; who lives elsewhere is taken at their ARN (kms G-2). */
async function uniqueIdOf(kms: Kms, { key }: LoadedKey, { grantee }: GrantRequest): Promise<string | undefined> {
  if (grantee.isService) return undefined;
  const fate = await kms.resolvePrincipal(grantee.name);
  if (fate.kind === "missing" && grantee.name.split(":")[4] === key.account) throw invalidPrincipal(grantee.name);
  return fate.kind === "found" ? fate.uniqueId : undefined;
}

const newGrant = (kms: Kms, ctx: RequestContext, { key }: LoadedKey, request: GrantRequest): Grant => ({
  ...request,
  key: { account: key.account, region: key.region, id: key.id },
  id: kms.ids.hex(64) as GrantId, // sixty-four hex digits
  createdAt: ctx.clock.now(),
});

async function insertOnce(kms: Kms, tx: WriteTx, grant: Grant): Promise<Grant> {
  const { key } = await getStoredKey(tx, grant.key);
  refuseUnless(key, "Enabled", "Unavailable", "Updating");
  const same = await findOrMakeRoom(kms, tx, grant);
  if (same !== undefined) return same;
  await grantRows.insertGrant(tx, grant);
  return grant;
}

/** The grant that this one is already, by its name; or the certainty that the key takes one more (kms G-8). */
async function findOrMakeRoom(kms: Kms, tx: ReadTx, grant: Grant): Promise<Grant | undefined> {
  const same = grant.name === "" ? undefined : await grantRows.findSameGrant(tx, grant);
  if (same !== undefined) return same;
  const { key } = await getStoredKey(tx, grant.key);
  const most = kms.quotas.grantsPerKey;
  if (key.manager === "CUSTOMER" && (await grantRows.countGrants(tx, key)) >= most) {
    throw new AwsError("LimitExceededException", `The key ${key.arn} has ${most} grants.`);
  }
  return undefined;
}
