import type { AccountId } from "../../base/index.js";
import {
  directory,
  findDefaultDocument,
  type Group,
  type Role,
  type ServiceUse,
  serviceUseId,
  type User,
} from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { grantsService, SERVICE_NAMES } from "./granted-services.js";
import { isVisible } from "./policies.js";
import { policySources, principalOfArn } from "./policy-sources.js";
import type { IamPorts } from "./ports.js";
import { QUOTAS } from "./quotas.js";

/** Who or what a report is about: the policies that grant, and the users and roles whom they are granted to. */
export interface ReportSubject {
  readonly arn: string;
  readonly texts: readonly string[];
  readonly principals: readonly (User | Role)[];
}

/** Undefined for what is not there. Throws ValidationError for what no such ARN is. */
export async function reportSubject(tx: ReadTx, account: AccountId, arn: string): Promise<ReportSubject | undefined> {
  if (arn.includes(":policy/")) return policySubject(tx, account, arn);
  const found = await principalOfArn(tx, account, arn);
  if (found === undefined) return undefined;
  const texts = (await policySources(tx, found)).map(({ text }) => text);
  const principals = found.kind === "group" ? await membersOf(tx, found.entity) : [found.entity as User | Role]; // by kind
  return { arn, texts, principals };
}

async function policySubject(tx: ReadTx, account: AccountId, arn: string): Promise<ReportSubject | undefined> {
  const text = isVisible(account, arn) ? await findDefaultDocument(tx, arn) : undefined;
  if (text === undefined) return undefined;
  const principals = new Map<string, User | Role>();
  for (const { kind, name } of await directory.attachments(tx, account, arn)) {
    const group = kind === "group" ? await directory.group(tx, account, name) : undefined;
    const one = kind === "user" ? directory.user : directory.role;
    const found = kind === "group" ? await membersOf(tx, group) : [await one(tx, account, name)];
    for (const each of found) if (each !== undefined) principals.set(each.id, each);
  }
  return { arn, texts: [text], principals: [...principals.values()] };
}

const membersOf = async (tx: ReadTx, group: Group | undefined) =>
  group === undefined ? [] : directory.usersIn(tx, group.id, "", QUOTAS.UsersPerAccount);

/** The services that the subject's policies grant, and who last used each when. */
export async function serviceUses(tx: ReadTx, { uses }: IamPorts, subject: ReportSubject): Promise<ServiceUse[]> {
  const granted = [...SERVICE_NAMES.keys()].filter((service) =>
    subject.texts.some((text) => grantsService(text, service)),
  );
  const found: ServiceUse[] = [];
  for (const service of granted) {
    const users = [];
    for (const { arn, id } of subject.principals) {
      const use = await uses.find(tx, serviceUseId(id, service));
      if (use !== undefined) users.push({ arn, id, atMs: use.atMs, region: use.region });
    }
    found.push({ service, users: users.sort((a, b) => b.atMs - a.atMs) });
  }
  return found;
}
