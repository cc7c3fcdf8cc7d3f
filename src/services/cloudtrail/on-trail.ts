import type { Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx } from "../../store/index.js";
import { errors } from "./errors.js";
import type { CloudTrailPorts } from "./operation.js";
import { findTrail, putTrail } from "./store.js";
import { arnOf, refOf, type Trail } from "./trail.js";

type Values = readonly (readonly [string, string | readonly string[]])[];

/** One permission on one trail, with its tags. Whether it is there is told to nobody who may not ask. */
export async function trailChecks(
  ctx: RequestContext,
  { database }: CloudTrailPorts,
  name: string,
  action: string,
  request: Values = [],
): Promise<Check[]> {
  const ref = refOf(ctx, name);
  ctx.notes.resources.push({ accountId: ref.account, type: "AWS::CloudTrail::Trail", ARN: arnOf(ref) });
  const isOwn = ref.account === ctx.caller.account;
  const trail = isOwn ? await database.read((tx) => findTrail(tx, ref)) : undefined;
  const own = (trail?.tags ?? []).map(({ Key, Value }) => [`aws:resourcetag/${Key.toLowerCase()}`, Value] as const);
  const side = { kind: "none", account: ctx.caller.account } as const;
  return [{ action: `cloudtrail:${action}`, resource: arnOf(ref), side, values: new Map([...own, ...request]) }];
}

/** A permission that no trail limits. */
export const anywhere = (ctx: RequestContext, action: string): Check[] => [
  { action: `cloudtrail:${action}`, resource: "*", side: { kind: "none", account: ctx.caller.account } },
];

/** Read from the home Region, or, of a multi-Region trail, from any by its ARN. */
export async function getTrailOf(tx: ReadTx, ctx: RequestContext, name: string): Promise<Trail> {
  const ref = refOf(ctx, name);
  const trail = ref.account === ctx.caller.account ? await findTrail(tx, ref) : undefined;
  const isSeen = trail !== undefined && (trail.region === ctx.region || trail.isMultiRegion);
  if (!isSeen) throw errors.trailNotFound(arnOf(ref), ctx.caller.account);
  return trail;
}

/** Changes are made at home alone. */
export async function getOwnTrail(tx: ReadTx, ctx: RequestContext, name: string): Promise<Trail> {
  const trail = await getTrailOf(tx, ctx, name);
  if (trail.region !== ctx.region) throw errors.invalidHomeRegion(arnOf(trail), trail.region);
  return trail;
}

/** Reads the trail and stores what becomes of it, in one unit. */
export const changeTrail = (
  ctx: RequestContext,
  { database }: CloudTrailPorts,
  name: string,
  change: (trail: Trail) => Trail,
): Promise<Trail> =>
  ctx.commit(database, async (tx) => {
    const trail = change(await getOwnTrail(tx, ctx, name));
    await putTrail(tx, trail);
    return trail;
  });
