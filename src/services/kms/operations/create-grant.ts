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
  grantRows,
  isWithin,
  type Kms,
  type LoadedKey,
  QUOTAS,
  refuseUnless,
} from "../../../kms/index.js";
import type { Decision } from "../../../policy/index.js";
import type { WriteTx } from "../../../store/index.js";
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
  checks: (ctx, _input, { loaded, request }, kms) =>
    askKey(kms, ctx, loaded, {
      action,
      values: grantValues(ctx, request),
      encryptionContext: constrainedContext(request),
    }),
  run: async (ctx, input, ok, kms) => {
    const { loaded, request } = ok.target;
    refuseUnless(loaded.key, "Enabled", "Unavailable", "Updating");
    checkSuits(loaded.key, request);
    await refuseWiderThanParent(kms, ctx, loaded, request, ok.decisions);
    const granteeUniqueId = await uniqueIdOf(kms, loaded, request);
    refuseDryRun(input.DryRun);
    const made = {
      ...newGrant(kms, ctx, loaded, request),
      ...(granteeUniqueId === undefined ? {} : { granteeUniqueId }),
    };
    const grant = await ctx.commit(kms.database, (tx) => insertOnce(tx, made));
    return {
      ...concerning(loaded.key), // for the record: the model has no such member
      GrantId: grant.id,
      GrantToken: kms.grantTokens.make(grant),
    };
  },
  audit: { ...ASKED, response: (output) => ({ keyId: (output as { KeyId?: string }).KeyId, grantId: output.GrantId }) }, // see `run`
});

/** Whoever was allowed by a grant alone gives away no more than that grant gives (kms G-14). */
async function refuseWiderThanParent(
  kms: Kms,
  ctx: RequestContext,
  { key }: LoadedKey,
  request: GrantRequest,
  [decision]: readonly Decision[],
): Promise<void> {
  if (decision?.allowed !== true || decision.by !== "grant") return;
  const id = decision.grantId ?? "";
  const parent = await kms.database.read((tx) => grantRows.findGrant(tx, key, id));
  if (parent === undefined || !isWithin(request, parent)) throw childTooWide(callerName(ctx), key.arn);
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

async function insertOnce(tx: WriteTx, grant: Grant): Promise<Grant> {
  const { key } = await getStoredKey(tx, grant.key);
  refuseUnless(key, "Enabled", "Unavailable", "Updating");
  const same = grant.name === "" ? undefined : await grantRows.findSameGrant(tx, grant);
  if (same !== undefined) return same;
  if (key.manager === "CUSTOMER" && (await grantRows.countGrants(tx, key)) >= QUOTAS.grantsPerKey) {
    throw new AwsError("LimitExceededException", `The key ${key.arn} has ${QUOTAS.grantsPerKey} grants.`);
  }
  await grantRows.insertGrant(tx, grant);
  return grant;
}
