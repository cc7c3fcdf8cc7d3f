import { type AccountId, globalArn } from "../../base/index.js";
import { directory, type Holder, wholeSeconds } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { WriteTx } from "../../store/index.js";

const ADMINISTRATOR = "AdministratorAccess";

interface Wanted {
  readonly account: AccountId;
  readonly name: string;
  readonly management: AccountId;
}

/** How the management account comes into an account that it made: a role that trusts it and may do everything there. */
export async function accessRole(
  ctx: RequestContext,
  tx: WriteTx,
  { account, name, management }: Wanted,
): Promise<void> {
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: globalArn("iam", management, "root") }, Action: "sts:AssumeRole" },
    ],
  };
  const holder: Holder = { kind: "role", account, id: ctx.ids.unique("AROA") };
  await directory.insertRole(tx, {
    account,
    id: holder.id,
    name,
    path: "/",
    arn: globalArn("iam", account, `role/${name}`),
    createdAt: wholeSeconds(ctx.time),
    tags: [],
    trustPolicy: JSON.stringify(trust),
    trustPrincipals: {},
    maxSessionSeconds: 3600,
  });
  await directory.attach(tx, holder, { arn: `arn:aws:iam::aws:policy/${ADMINISTRATOR}`, name: ADMINISTRATOR });
}
