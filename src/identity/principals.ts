import { type AccountId, isAccountId, parseArn } from "../base/index.js";
import type { ReadTx } from "../store/index.js";
import type { Account, Role, User } from "./directory.js";
import { directory } from "./directory-store.js";

/** What is known of a principal that a policy or a grant names. */
export type PrincipalFate =
  /** It lives here. Roots and federated users have no unique id; a session has its role's. */
  | { readonly kind: "found"; readonly uniqueId?: string }
  /** Its account lives here and it does not; or the text names no principal at all. */
  | { readonly kind: "missing" }
  /** Its account is not this house's. */
  | { readonly kind: "elsewhere" };

const MISSING: PrincipalFate = { kind: "missing" };

/** By ARN, or by an account's twelve digits: account root, user, role, role session, federated user. */
export async function resolvePrincipal(tx: ReadTx, name: string): Promise<PrincipalFate> {
  const arn = isAccountId(name) ? { service: "iam", account: name, resource: "root" } : parseArn(name);
  if (arn === undefined || !isAccountId(arn.account)) return MISSING;
  const account = await directory.account(tx, arn.account);
  if (account === undefined) return { kind: "elsewhere" };
  return resolveIn(tx, account, `${arn.service}/${arn.resource}`, name);
}

async function resolveIn(tx: ReadTx, account: Account, resource: string, name: string): Promise<PrincipalFate> {
  if (resource === "iam/root") return { kind: "found" };
  const [, kind, entity] = /^(iam\/user|iam\/role|sts\/assumed-role|sts\/federated-user)\/(.+)$/.exec(resource) ?? [];
  if (kind === undefined || entity === undefined) return MISSING;
  if (kind === "sts/federated-user") return { kind: "found" };
  if (kind === "sts/assumed-role") return found(await roleOfSession(tx, account.id, entity));
  const named = entity.slice(entity.lastIndexOf("/") + 1);
  const holder = await (kind === "iam/user" ? directory.user : directory.role)(tx, account.id, named);
  return holder?.arn === name ? found(holder) : MISSING; // the path is a part of the name here
}

/** `name/session`: a session's ARN leaves out the role's path. */
async function roleOfSession(tx: ReadTx, account: AccountId, entity: string): Promise<Role | undefined> {
  const [role, session, ...more] = entity.split("/");
  return role && session && more.length === 0 ? directory.role(tx, account, role) : undefined;
}

const found = (holder: User | undefined): PrincipalFate =>
  holder === undefined ? MISSING : { kind: "found", uniqueId: holder.id };

/** Where the user or role with this unique id is to be found now; undefined once it is deleted. */
export async function arnOfUniqueId(tx: ReadTx, uniqueId: string): Promise<string | undefined> {
  const holder = uniqueId.startsWith("AROA")
    ? await directory.roleById(tx, uniqueId)
    : await directory.userById(tx, uniqueId);
  return holder?.arn;
}
