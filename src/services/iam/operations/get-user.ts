import { globalArn } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import type { RequestContext } from "../../../kit/index.js";
import { aboutUser, checkOn, existing } from "../entities.js";
import { noSuchEntity } from "../errors.js";
import { type IamPorts, operation } from "../ports.js";
import { shownUser } from "../shown.js";

const one = aboutUser<{ readonly UserName?: string | undefined }>("iam:GetUser");

/** Without a name, a root asks for itself, and is told of its account. No target: that root. */
export const getUser = operation("GetUser", {
  target: async (ctx, input, ports) => (asksForRoot(ctx, input) ? undefined : one.target(ctx, input, ports)),
  checks: (ctx, input, target) =>
    target === undefined
      ? [checkOn(ctx, "iam:GetUser", globalArn("iam", ctx.caller.account, "root"))]
      : one.checks(ctx, input, target),
  run: async (ctx, _input, { target }, ports) => ({
    User: target === undefined ? await shownRoot(ctx, ports) : shownUser(existing(target)),
  }),
});

const asksForRoot = (ctx: RequestContext, input: { readonly UserName?: string | undefined }) =>
  input.UserName === undefined && ctx.caller.principal.kind === "root";

async function shownRoot(ctx: RequestContext, { database }: IamPorts) {
  const { account: id } = ctx.caller;
  const account = await database.read((tx) => directory.account(tx, id));
  if (account === undefined) throw noSuchEntity(`The account ${id} cannot be found.`);
  // A root has no name and no path: the answer leaves both out, whatever the model says.
  return {
    Path: undefined,
    UserName: undefined,
    UserId: id,
    Arn: globalArn("iam", id, "root"),
    CreateDate: account.createdAt,
  };
}
