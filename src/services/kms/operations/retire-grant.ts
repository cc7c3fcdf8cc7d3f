import { AwsError } from "../../../base/index.js";
import type { RequestContext } from "../../../kit/index.js";
import {
  findKeyById,
  type Grant,
  grantRows,
  invalidGrantToken,
  type Kms,
  type LoadedKey,
  noSuchGrant,
  parseGrantId,
  retirementCheck,
} from "../../../kms/index.js";
import { parameters } from "../audit.js";
import { refuseDryRun, shown } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:RetireGrant";

/** The grant decides who may retire it; the key policy has no say (kms 6.4). */
export const retireGrant = operation("RetireGrant", {
  target: async (ctx, input, kms) => {
    const found = await findGrant(kms, ctx, input);
    ctx.notes.additionalEventData["grantId"] = found.grant.id;
    shown(ctx, found.loaded);
    return found;
  },
  checks: (ctx, _input, { loaded, grant }) => [retirementCheck(ctx, loaded, grant)],
  run: async (ctx, input, ok, kms) => {
    const { grant } = ok.target;
    refuseDryRun(input.DryRun);
    const isGone = await ctx.commit(kms.database, (tx) => grantRows.deleteGrant(tx, grant.key, grant.id));
    if (!isGone) throw noSuchGrant(grant.id);
    return {};
  },
  audit: { request: (input) => (input.GrantToken === undefined ? parameters(input) : null) },
});

interface Names {
  readonly GrantToken?: string | undefined;
  readonly KeyId?: string | undefined;
  readonly GrantId?: string | undefined;
}

interface Found {
  readonly loaded: LoadedKey;
  readonly grant: Grant;
}

async function findGrant(kms: Kms, ctx: RequestContext, input: Names): Promise<Found> {
  const { GrantToken, KeyId, GrantId } = input;
  if (GrantToken !== undefined && KeyId === undefined && GrantId === undefined) return byToken(kms, GrantToken);
  if (GrantToken !== undefined || KeyId === undefined || GrantId === undefined) throw ambiguous();
  const id = parseGrantId(GrantId);
  const loaded = await findKeyById(kms, ctx, KeyId, { action, badArn: "InvalidArnException" });
  const grant = await kms.database.read((tx) => grantRows.findGrant(tx, loaded.key, id));
  if (grant === undefined) throw noSuchGrant(id);
  return { loaded, grant };
}

async function byToken(kms: Kms, token: string): Promise<Found> {
  const { key, id } = kms.grantTokens.parse(token);
  const grant = await kms.database.read((tx) => grantRows.findGrant(tx, key, id));
  const loaded = await kms.keys.byRef(key);
  if (grant === undefined || loaded === undefined) throw invalidGrantToken();
  return { loaded, grant };
}

const ambiguous = () => new AwsError("ValidationException", "Specify either a GrantToken, or a KeyId and a GrantId.");
