import { type AccountId, globalArn } from "../../base/index.js";
import {
  type Authorized,
  type Check,
  directory,
  type Group,
  type HolderKind,
  type Role,
  type User,
} from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { noSuchEntity, validationError } from "./errors.js";
import type { IamPorts } from "./ports.js";

/** What users, roles and groups are to the operations on them. */
interface Entities {
  readonly user: User;
  readonly role: Role;
  readonly group: Group;
}

/**
 * A user, role or group that a request names. It may not exist: IAM says so only to those who may ask, so the
 * look-up decides what is authorized and `run` asks again.
 */
export interface Named<Kind extends HolderKind> {
  readonly kind: Kind;
  readonly account: AccountId;
  readonly name: string;
  readonly arn: string;
  readonly found: Entities[Kind] | undefined;
}

type Values = readonly (readonly [string, string | readonly string[]])[];

const FIND: {
  readonly [Kind in HolderKind]: (tx: ReadTx, account: AccountId, name: string) => Promise<Entities[Kind] | undefined>;
} = {
  user: directory.user,
  role: directory.role,
  group: directory.group,
};

/** `target` and `checks` of an operation on one user; without a name the caller is meant. */
export const aboutUser = <Input extends { readonly UserName?: string | undefined }>(
  action: string,
  values?: (input: Input) => Values,
) => about("user", action, (ctx, input: Input) => input.UserName ?? callersOwnName(ctx), values);

export const aboutRole = <Input extends { readonly RoleName: string }>(
  action: string,
  values?: (input: Input) => Values,
) => about("role", action, (_ctx, input: Input) => input.RoleName, values);

export const aboutGroup = <Input extends { readonly GroupName: string }>(
  action: string,
  values?: (input: Input) => Values,
) => about("group", action, (_ctx, input: Input) => input.GroupName, values);

function about<Kind extends HolderKind, Input>(
  kind: Kind,
  action: string,
  nameOf: (ctx: RequestContext, input: Input) => string,
  values: (input: Input) => Values = () => [],
) {
  return {
    target: (ctx: RequestContext, input: Input, { database }: IamPorts) =>
      database.read((tx) => find(tx, kind, ctx.caller.account, nameOf(ctx, input))),
    checks: (ctx: RequestContext, input: Input, target: Named<Kind>): readonly Check[] => [
      checkOn(ctx, action, target.arn, [...ownValues(target.found), ...values(input)]),
    ],
  };
}

async function find<Kind extends HolderKind>(
  tx: ReadTx,
  kind: Kind,
  account: AccountId,
  name: string,
): Promise<Named<Kind>> {
  const found = await FIND[kind](tx, account, name);
  return { kind, account, name, arn: found?.arn ?? globalArn("iam", account, `${kind}/${name}`), found };
}

/** One question about a thing of IAM: the caller's policies alone decide. */
export function checkOn(ctx: RequestContext, action: string, resource: string, values: Values = []): Check {
  const side = { kind: "none", account: ctx.caller.account } as const;
  return values.length === 0 ? { action, resource, side } : { action, resource, side, values: new Map(values) };
}

/** Tags and boundary of what is already there. The boundary that a request brings stands after it and goes before it. */
export function ownValues(entity: User | Role | Group | undefined): Values {
  if (entity === undefined || !("tags" in entity)) return [];
  const { tags, boundaryArn } = entity;
  const tagValues = tags.flatMap(({ key, value }) => [
    [`aws:resourcetag/${key.toLowerCase()}`, value] as const,
    [`iam:resourcetag/${key.toLowerCase()}`, value] as const,
  ]);
  return boundaryArn === undefined ? tagValues : [...tagValues, ["iam:permissionsboundary", boundaryArn]];
}

/** The user who calls; sessions and roots have to name one. */
function callersOwnName(ctx: RequestContext): string {
  if (ctx.caller.principal.kind !== "user")
    throw validationError("Must specify userName when calling with non-User credentials");
  return ctx.caller.displayName;
}

/** The entity that was looked up; throws NoSuchEntity. For operations that only read. */
export function existing<Kind extends HolderKind>(target: Named<Kind>): Entities[Kind] {
  if (target.found === undefined) throw noSuch(target);
  return target.found;
}

/** Changes an entity in one unit of work, read again inside it. */
export function change<Kind extends HolderKind, T>(
  ctx: RequestContext,
  { database }: IamPorts,
  { target }: Authorized<Named<Kind>>,
  unit: (tx: WriteTx, entity: Entities[Kind]) => Promise<T>,
): Promise<T> {
  return ctx.commit(database, async (tx) => {
    const entity = await FIND[target.kind](tx, target.account, target.name);
    // Whoever took the name since the caller was authorized may not be whom the caller may change.
    if (entity === undefined || (target.found !== undefined && entity.id !== target.found.id)) throw noSuch(target);
    return unit(tx, entity);
  });
}

/** Reads what hangs on an entity that must exist. */
export function read<Kind extends HolderKind, T>(
  { database }: IamPorts,
  { target }: Authorized<Named<Kind>>,
  unit: (tx: ReadTx, entity: Entities[Kind]) => Promise<T>,
): Promise<T> {
  const entity = existing(target);
  return database.read((tx) => unit(tx, entity));
}

const noSuch = ({ kind, name }: Pick<Named<HolderKind>, "kind" | "name">) =>
  noSuchEntity(`The ${kind} with name ${name} cannot be found.`);

/** An operation on no entity in particular: lists of the account, and what is about to be made. */
export const onAccount =
  (action: string, resource = "*") =>
  (ctx: RequestContext): readonly Check[] => [checkOn(ctx, action, resource)];
