import { type AccountId, isAccountId, parseArn } from "../../base/index.js";
import { boundTrustPolicy, directory, type Role } from "../../identity/index.js";
import { parsePolicy, type ResourceSide } from "../../policy/index.js";
import type { ReadTx } from "../../store/index.js";
import { validationError } from "./errors.js";

/** The role that is meant. It may not exist: who may not assume it does not learn so. */
export interface AssumedRole {
  readonly arn: string;
  readonly account: AccountId;
  readonly role: Role | undefined;
}

const DEFAULT_SECONDS = 3600;

export async function findRole(tx: ReadTx, arn: string): Promise<AssumedRole> {
  const parts = parseArn(arn);
  const name = /^role\/(?:.*\/)?([^/]+)$/.exec(parts?.resource ?? "")?.[1];
  if (parts?.service !== "iam" || !isAccountId(parts.account) || name === undefined)
    throw validationError(`${arn} is invalid`);
  const role = await directory.role(tx, parts.account, name);
  return { arn, account: parts.account, role: role?.arn === arn ? role : undefined };
}

/** A role that does not exist trusts nobody whom there is: the refusal is the one of a role that trusts others. */
const TRUSTS_NOBODY = parsePolicy(
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "nobody.invalid" }, Action: "sts:AssumeRole" }],
  }),
  "trust",
);

export function trustSide({ role, account }: AssumedRole): ResourceSide {
  const policy = role === undefined ? TRUSTS_NOBODY : parsePolicy(boundTrustPolicy(role), "trust");
  return { kind: "trust", account, policy: { name: "trust policy", policy } };
}

export function* roleTagValues(role: Role | undefined): Generator<[string, string]> {
  for (const { key, value } of role?.tags ?? []) {
    yield [`aws:resourcetag/${key.toLowerCase()}`, value];
    yield [`iam:resourcetag/${key.toLowerCase()}`, value];
  }
}

/** How long a session of the role may last. */
export function checkedSeconds(asked: number | undefined, role: Role): number {
  const seconds = asked ?? DEFAULT_SECONDS;
  if (seconds > role.maxSessionSeconds)
    throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  return seconds;
}
