import { type AccountId, globalArn } from "../../base/index.js";
import { type AccessKey, type Check, directory } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ReadTx } from "../../store/index.js";
import { aboutUser, checkOn, existing } from "./entities.js";
import { noSuchEntity } from "./errors.js";
import type { IamPorts } from "./ports.js";

/** Whose access keys a request is about: a user's, or those of the account's root. */
export interface KeyOwner {
  readonly account: AccountId;
  readonly userId?: string;
  /** A root's keys carry no name. */
  readonly name: string | undefined;
}

export interface KeyOwnerTarget {
  readonly checks: readonly Check[];
  /** The owner as the transaction has it; throws NoSuchEntity. */
  reread(tx: ReadTx): Promise<KeyOwner>;
}

interface Input {
  readonly UserName?: string | undefined;
}

/** `target` and `checks` of an operation on access keys. Without a name the caller's own are meant, a root's too. */
export function keyOwner(action: string) {
  const one = aboutUser<Input>(action);
  return {
    target: async (ctx: RequestContext, input: Input, ports: IamPorts): Promise<KeyOwnerTarget> => {
      if (input.UserName === undefined && ctx.caller.principal.kind === "root") return rootTarget(ctx, action);
      const named = await one.target(ctx, input, ports);
      return {
        checks: one.checks(ctx, input, named),
        reread: async (tx) => {
          const { id } = existing(named);
          const user = await directory.userById(tx, id);
          const { account, name } = existing({ ...named, found: user });
          return { account, userId: id, name };
        },
      };
    },
    checks: (_ctx: RequestContext, _input: Input, target: KeyOwnerTarget) => target.checks,
  };
}

function rootTarget(ctx: RequestContext, action: string): KeyOwnerTarget {
  const { account } = ctx.caller;
  return {
    checks: [checkOn(ctx, action, globalArn("iam", account, "root"))],
    reread: async () => ({ account, name: undefined }),
  };
}

/** A key of this owner; somebody else's is as good as none. */
export async function ownKey(tx: ReadTx, owner: KeyOwner, id: string): Promise<AccessKey> {
  const key = await directory.accessKey(tx, id);
  if (key === undefined || key.account !== owner.account || key.userId !== owner.userId)
    throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return key;
}
