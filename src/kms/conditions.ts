import type { CallContext, Check } from "../identity/index.js";
import { type GrantView, type NamedPolicy, parsePolicy } from "../policy/index.js";
import { addContextValues } from "./encryption-context.js";
import { type Grant, isInertFor, retirementViews } from "./grants/grant.js";
import type { Key, Tag } from "./key.js";
import type { EncryptionContext } from "./port.js";
import type { LoadedKey } from "./repository.js";

export type Values = Map<string, string | readonly string[]>;

/** The condition values that are properties of a key, the same for every request (kms 5.7). */
export function keyValues(key: Key, aliases: ReadonlySet<string>): Values {
  const values: Values = new Map<string, string | readonly string[]>([
    ...specValues(key.spec, key.usage, key.origin, key.multiRegion),
    ["aws:resourceaccount", key.account],
  ]);
  if (aliases.size > 0) values.set("kms:resourcealiases", [...aliases]);
  for (const tag of key.tags) values.set(`aws:resourcetag/${tag.key.toLowerCase()}`, tag.value);
  return values;
}

/** Of a key that is there, or of one that CreateKey would make. The deprecated twins still evaluate. */
export const specValues = (spec: string, usage: string, origin: string, multiRegion: boolean): [string, string][] => [
  ["kms:keyspec", spec],
  ["kms:customermasterkeyspec", spec],
  ["kms:keyusage", usage],
  ["kms:customermasterkeyusage", usage],
  ["kms:keyorigin", origin],
  ["kms:multiregion", String(multiRegion)],
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
  /** Values of this request, names in lower case. */
  readonly values?: Iterable<readonly [string, string | readonly string[]]>;
  readonly encryptionContext?: EncryptionContext | undefined;
  readonly requestAlias?: string | undefined;
}

/** One question about a key to the authorizer, with every value that KMS promises to policies. */
export function keyCheck(
  call: CallContext,
  loaded: LoadedKey,
  grants: readonly GrantView[],
  question: KeyQuestion,
): Check {
  const { key, policy } = loaded;
  const { action, encryptionContext, requestAlias } = question;
  const values: Values = new Map(loaded.values);
  addCallValues(values, call);
  if (requestAlias !== undefined) values.set("kms:requestalias", requestAlias);
  addContextValues(values, encryptionContext);
  for (const [name, value] of question.values ?? []) values.set(name, value);
  const side = { kind: "key", account: key.account, policy, grants } as const;
  return {
    action,
    resource: key.arn,
    side: encryptionContext === undefined ? side : { ...side, encryptionContext },
    values,
  };
}

/** Who calls, and through which service. Only the house sets `viaService` (kms S-5). */
export function addCallValues(values: Values, call: CallContext): void {
  values.set("kms:calleraccount", call.caller.account);
  if (call.viaService !== undefined) values.set("kms:viaservice", call.viaService);
}

/** An operation on no key: the caller's own policies decide. */
export function accountCheck(call: CallContext, action: string, values: Values = new Map(), resource = "*"): Check {
  addCallValues(values, call);
  return { action, resource, side: { kind: "none", account: call.caller.account }, values };
}

/** The grant decides who may retire it, the caller's own denies still count, and the key policy has no say (kms 6.4). */
export function retirementCheck(call: CallContext, loaded: LoadedKey, grant: Grant): Check {
  const { contextEquals, contextSubset } = grant.constraints;
  const values: [string, string][] = [];
  if (contextEquals !== undefined) values.push(["kms:grantconstrainttype", "EncryptionContextEquals"]);
  if (contextSubset !== undefined) values.push(["kms:grantconstrainttype", "EncryptionContextSubset"]);
  const views = isInertFor(grant, call.caller.principal)
    ? retirementViews(withoutGrantee(grant))
    : retirementViews(grant);
  return keyCheck(call, { ...loaded, policy: NO_POLICY }, views, { action: "kms:RetireGrant", values });
}

const withoutGrantee = (grant: Grant): Grant => ({ ...grant, operations: [] });

const NO_POLICY: NamedPolicy = {
  name: "no key policy",
  policy: parsePolicy('{"Version":"2012-10-17","Statement":[]}', "key"),
};
