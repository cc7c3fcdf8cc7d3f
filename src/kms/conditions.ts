import { type CallContext, type Check, decisionInput } from "../identity/index.js";
import { decide, type GrantView, type NamedPolicy, parsePolicy, type RequestValues } from "../policy/index.js";
import { contextValue } from "./encryption-context.js";
import { type Grant, isInertFor, retirementViews } from "./grants/grant.js";
import type { Key, Tag } from "./key.js";
import { type FamilyRole, familyRole } from "./multi-region/family.js";
import type { EncryptionContext } from "./port.js";
import type { LoadedKey } from "./repository.js";

export type Values = Map<string, string | readonly string[]>;

/** The condition values that are properties of a key, the same for every request (kms 5.7). */
export function keyValues(key: Key, aliases: ReadonlySet<string>): Values {
  const values: Values = new Map(specValues(key.spec, key.usage, key.origin, familyRole(key)));
  if (aliases.size > 0) values.set("kms:resourcealiases", [...aliases]);
  for (const tag of key.tags) values.set(`aws:resourcetag/${tag.key.toLowerCase()}`, tag.value);
  return values;
}

/** Of a key that is there, or of one that would be made. The deprecated twins still evaluate. */
export const specValues = (
  spec: string,
  usage: string,
  origin: string,
  role: FamilyRole | undefined,
): [string, string][] => [
  ["kms:keyspec", spec],
  ["kms:customermasterkeyspec", spec],
  ["kms:keyusage", usage],
  ["kms:customermasterkeyusage", usage],
  ["kms:keyorigin", origin],
  ["kms:multiregion", String(role !== undefined)],
  ...(role === undefined ? [] : [["kms:multiregionkeytype", role] satisfies [string, string]]),
];

/** `aws:RequestTag/<k>` and `aws:TagKeys`. */
export function addTagValues(values: Values, tags: readonly Tag[]): void {
  for (const tag of tags) values.set(`aws:requesttag/${tag.key.toLowerCase()}`, tag.value);
  if (tags.length > 0)
    values.set(
      "aws:tagkeys",
      tags.map((tag) => tag.key),
    );
}

export interface KeyQuestion {
  readonly action: string;
  /** Values of this request, names in lower case. Every Map is such. */
  readonly values?: RequestValues;
  readonly encryptionContext?: EncryptionContext | undefined;
  readonly requestAlias?: string | undefined;
}

/** One question about a key to the authorizer, with every value that KMS promises to policies. */
export function keyCheck(loaded: LoadedKey, grants: readonly GrantView[], question: KeyQuestion): Check {
  const { key, policy } = loaded;
  const { action, encryptionContext } = question;
  const side = { kind: "key", account: key.account, policy, grants } as const;
  return {
    action,
    resource: key.arn,
    side: encryptionContext === undefined ? side : { ...side, encryptionContext },
    values: questionValues(loaded.values, question),
    isManagedByAws: key.manager === "AWS",
  };
}

/** The decision alone, where an answer is wanted and not a refusal. */
export const isAllowed = (call: CallContext, check: Check): boolean => decide(decisionInput(call, check)).allowed;

/** Looked up when a policy asks, never copied together: most policies ask for nothing, and uses of keys are many. */
function questionValues(ofKey: RequestValues, question: KeyQuestion): RequestValues {
  const get = (name: string) => {
    if (name === "kms:requestalias") return question.requestAlias;
    if (name.startsWith("kms:encryptioncontext")) return contextValue(question.encryptionContext, name);
    return question.values?.get(name) ?? ofKey.get(name);
  };
  return { get, has: (name) => get(name) !== undefined };
}

/** An operation on no key: the caller's own policies decide. */
export function accountCheck(call: CallContext, action: string, values: Values = new Map(), resource = "*"): Check {
  return { action, resource, side: { kind: "none", account: call.caller.account }, values };
}

/** The grant decides who may retire it, the caller's own denies still count, and the key policy has no say (kms 6.4). */
export function retirementCheck(call: CallContext, loaded: LoadedKey, grant: Grant): Check {
  const { contextEquals, contextSubset } = grant.constraints;
  const values = new Map<string, string>();
  if (contextEquals !== undefined) values.set("kms:grantconstrainttype", "EncryptionContextEquals");
  if (contextSubset !== undefined) values.set("kms:grantconstrainttype", "EncryptionContextSubset");
  const views = isInertFor(grant, call.caller.principal)
    ? retirementViews(withoutGrantee(grant))
    : retirementViews(grant);
  return keyCheck({ ...loaded, policy: NO_POLICY }, views, { action: "kms:RetireGrant", values });
}

const withoutGrantee = (grant: Grant): Grant => ({ ...grant, operations: [] });

const NO_POLICY: NamedPolicy = {
  name: "no key policy",
  policy: parsePolicy('{"Version":"2012-10-17","Statement":[]}', "key"),
};
