import {
  directory,
  findDefaultDocument,
  type Group,
  type Holder,
  type HolderKind,
  isAwsManaged,
  type Role,
  type User,
} from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { noSuchEntity, validationError } from "./errors.js";

/** A policy's text with where it is from, as simulations name it. */
export interface PolicySource {
  readonly id: string;
  readonly type: "user" | "group" | "role" | "aws-managed" | "user-managed" | "resource" | "none";
  readonly text: string;
}

export interface SourcedPrincipal {
  readonly kind: HolderKind;
  readonly entity: User | Role | Group;
}

/** The user, role or group of the account that this ARN names; undefined when there is none. */
export async function principalOfArn(tx: ReadTx, account: string, arn: string): Promise<SourcedPrincipal | undefined> {
  const [, owner, kind, path] = /^arn:aws:iam::(\d{12}):(user|role|group)\/(.+)$/.exec(arn) ?? [];
  if (owner === undefined || kind === undefined || path === undefined) throw validationError(`Invalid ARN: ${arn}`);
  if (owner !== account) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const find = { user: directory.user, role: directory.role, group: directory.group }[kind as HolderKind]; // as the pattern says
  const entity = await find(tx, account as User["account"], name); // twelve digits, the caller's own
  return entity?.arn === arn ? { kind: kind as HolderKind, entity } : undefined; // as the pattern says
}

export const noSuchSource = (arn: string) => noSuchEntity(`The policy source ${arn} cannot be found.`);

/** All policies of a user (those of the groups too), role or group. */
export async function policySources(tx: ReadTx, { kind, entity }: SourcedPrincipal): Promise<PolicySource[]> {
  const own = await hanging(tx, { kind, account: entity.account, id: entity.id }, entity.name);
  if (kind !== "user") return own;
  for (const { account, id, name } of await directory.groupsOf(tx, entity.id))
    own.push(...(await hanging(tx, { kind: "group", account, id }, name)));
  return own;
}

async function hanging(tx: ReadTx, holder: Holder, name: string): Promise<PolicySource[]> {
  const inline = await directory.inlinePolicies(tx, holder);
  const sources: PolicySource[] = inline.map((policy) => ({
    id: `${holder.kind}_${name}_${policy.name}`,
    type: holder.kind,
    text: policy.document,
  }));
  for (const attached of await directory.attached(tx, holder)) {
    const text = await findDefaultDocument(tx, attached.arn);
    const type = isAwsManaged(attached.arn) ? "aws-managed" : "user-managed";
    if (text !== undefined) sources.push({ id: attached.name, type, text });
  }
  return sources;
}

/** Texts that a request brings. */
export const inputSources = (list: string, texts: readonly string[] = []): PolicySource[] =>
  texts.map((text, at) => ({ id: `${list}.${at + 1}`, type: "none", text }));
