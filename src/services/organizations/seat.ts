import type { AccountId } from "../../base/index.js";
import { type Check, type Member, type Organization, treeStore } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { errors } from "./errors.js";
import type { OrganizationsPorts } from "./ports.js";
import { requestTagValues, type TagInput } from "./tags.js";

/** Where the caller's account sits. */
export interface Seat {
  readonly organization: Organization;
  readonly member: Member;
}

export async function findSeat(tx: ReadTx, account: AccountId): Promise<Seat | undefined> {
  const member = await treeStore.member(tx, account);
  const organization = member && (await treeStore.organization(tx, member.organization));
  return member && organization && { organization, member };
}

/** Throws AWSOrganizationsNotInUseException. */
export async function seatOf(tx: ReadTx, ctx: RequestContext): Promise<Seat> {
  const seat = await findSeat(tx, ctx.caller.account);
  if (seat === undefined) throw errors.notInUse();
  return seat;
}

/** The organization that the caller's account manages; all others are refused. */
async function managed(tx: ReadTx, ctx: RequestContext): Promise<Organization> {
  const { organization } = await seatOf(tx, ctx);
  if (organization.management !== ctx.caller.account) throw errors.accessDenied();
  return organization;
}

/** Reads as the management account. */
export const reading = <T>(
  ctx: RequestContext,
  { database }: OrganizationsPorts,
  unit: (tx: ReadTx, organization: Organization) => Promise<T>,
): Promise<T> => database.read(async (tx) => unit(tx, await managed(tx, ctx)));

/** Changes as the management account, in one unit of work. */
export const changing = <T>(
  ctx: RequestContext,
  { database }: OrganizationsPorts,
  unit: (tx: WriteTx, organization: Organization) => Promise<T>,
): Promise<T> => ctx.commit(database, async (tx) => unit(tx, await managed(tx, ctx)));

type Sitting = Organization | undefined;

/**
 * `target` and `checks` of an operation: what is asked about stands in the caller's organization, whose id is in its
 * ARN. Who is in none is asked about `*`, and refused later. The caller's policies alone decide.
 */
export const about = <Input extends object = object>(
  action: string,
  resourcesOf: (organization: Organization, input: Input) => readonly string[] = () => ["*"],
  valuesOf: (input: Input) => readonly (readonly [string, string])[] = () => [],
) => ({
  target: async (ctx: RequestContext, _input: Input, { database }: OrganizationsPorts): Promise<Sitting> =>
    (await database.read((tx) => findSeat(tx, ctx.caller.account)))?.organization,

  checks: (ctx: RequestContext, input: Input, organization: Sitting): readonly Check[] => {
    const resources = organization === undefined ? ["*"] : resourcesOf(organization, input);
    const values: Values = [...valuesOf(input), ...requestTagValues(tagsIn(input))];
    const asked = questions(ctx, action, resources, values);
    return tagsIn(input)?.length && action !== "TagResource"
      ? [...asked, ...questions(ctx, "TagResource", resources, values)]
      : asked;
  },
});

/** What is tagged in the call that makes it has to be allowed to be tagged. */
const tagsIn = (input: object) => ("Tags" in input ? (input.Tags as readonly TagInput[] | undefined) : undefined); // as the model has them everywhere

export type Values = readonly (readonly [string, string | readonly string[]])[];

export const questions = (
  ctx: RequestContext,
  action: string,
  resources: readonly string[],
  values: Values,
): readonly Check[] => {
  const side = { kind: "none", account: ctx.caller.account } as const;
  return resources.map((resource) => ({ action: `organizations:${action}`, resource, side, values: new Map(values) }));
};
