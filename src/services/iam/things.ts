import { type AccountId, type AwsError, globalArn } from "../../base/index.js";
import type { Authorized, Check, Item, Items, Tag } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx, WriteTx } from "../../store/index.js";
import { checkOn } from "./entities.js";
import { pageOfList } from "./pages.js";
import type { IamPorts } from "./ports.js";
import { addTags, parseTags, removeTags, requestTagValues, showTags, type TagInput } from "./tags.js";

/** A kind of thing that operations name: instance profiles, MFA devices, certificates of servers. */
export interface ThingKind<T extends Item> {
  readonly items: Items<T>;
  /** The first word of its ARN's resource. */
  readonly word: string;
  noSuch(name: string, arn: string): AwsError;
}

/** A thing that a request names. It may not exist. */
export interface NamedThing<T extends Item> {
  readonly kind: ThingKind<T>;
  readonly account: AccountId;
  readonly name: string;
  readonly arn: string;
  readonly found: T | undefined;
}

export type Values = readonly (readonly [string, string | readonly string[]])[];
type Tagged = Item & { readonly tags: readonly Tag[] };

export const arnOf = ({ word }: { readonly word: string }, item: Pick<Item, "account" | "path" | "name">) =>
  globalArn("iam", item.account, `${word}${item.path}${item.name}`);

/** `target` and `checks` of an operation on one thing. */
export function aboutThing<T extends Tagged, Input>(
  kind: ThingKind<T>,
  action: string,
  nameOf: (input: Input) => string,
  values: (input: Input) => Values = () => [],
) {
  return {
    target: (ctx: RequestContext, input: Input, { database }: IamPorts) =>
      database.read((tx) => findThing(tx, kind, ctx.caller.account, nameOf(input))),
    checks: (ctx: RequestContext, input: Input, target: NamedThing<T>): readonly Check[] => [
      checkOn(ctx, action, target.arn, [...tagValuesOf(target.found), ...values(input)]),
    ],
  };
}

export async function findThing<T extends Item>(
  tx: ReadTx,
  kind: ThingKind<T>,
  account: AccountId,
  name: string,
): Promise<NamedThing<T>> {
  const found = await kind.items.find(tx, account, name);
  return { kind, account, name, arn: arnOf(kind, found ?? { account, path: "/", name }), found };
}

/** `iam:ResourceTag` is for users and roles alone. */
export const tagValuesOf = (item: Tagged | undefined): Values =>
  (item?.tags ?? []).map(({ key, value }) => [`aws:resourcetag/${key.toLowerCase()}`, value] as const);

export function existingThing<T extends Item>({ kind, name, arn, found }: NamedThing<T>): T {
  if (found === undefined) throw kind.noSuch(name, arn);
  return found;
}

/** Changes a thing in one unit of work, read again inside it. */
export function changeThing<T extends Item, Result>(
  ctx: RequestContext,
  { database }: IamPorts,
  { target }: Authorized<NamedThing<T>>,
  unit: (tx: WriteTx, item: T) => Promise<Result>,
): Promise<Result> {
  const { kind, account, name } = target;
  return ctx.commit(database, async (tx) => {
    const item = await kind.items.find(tx, account, name);
    // What took the name since the caller was authorized may lie on another path.
    if (item === undefined || arnOf(kind, item) !== target.arn) throw kind.noSuch(name, target.arn);
    return unit(tx, item);
  });
}

export interface TaggingInput {
  readonly Tags: readonly TagInput[];
}

export interface UntaggingInput {
  readonly TagKeys: readonly string[];
}

/** Condition values of the operations that tag, and their `run`. */
export const tagging = {
  values: (input: TaggingInput) => requestTagValues(input.Tags),

  run: <T extends Tagged>(
    ctx: RequestContext,
    input: TaggingInput,
    ok: Authorized<NamedThing<T>>,
    ports: IamPorts,
  ): Promise<object> => {
    const added = parseTags(input.Tags, "keep-case");
    return changeThing(ctx, ports, ok, async (tx, item) => {
      await ok.target.kind.items.update(tx, { ...item, tags: addTags(item.tags, added, "keep-case") });
      return {};
    });
  },
};

export const untagging = {
  values: (input: UntaggingInput): Values => [["aws:tagkeys", input.TagKeys]],

  run: <T extends Tagged>(
    ctx: RequestContext,
    input: UntaggingInput,
    ok: Authorized<NamedThing<T>>,
    ports: IamPorts,
  ): Promise<object> =>
    changeThing(ctx, ports, ok, async (tx, item) => {
      await ok.target.kind.items.update(tx, { ...item, tags: removeTags(item.tags, input.TagKeys, "keep-case") });
      return {};
    }),
};

export async function listThingTags<T extends Tagged>(
  _ctx: RequestContext,
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  ok: Authorized<NamedThing<T>>,
) {
  const { tags } = existingThing(ok.target);
  const { items, end } = pageOfList(`tags:${ok.target.arn}`, tags, input, ({ key }) => key);
  return { Tags: showTags(items), ...end };
}
