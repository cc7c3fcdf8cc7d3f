import type { ReadTx } from "../store/index.js";
import type { Role } from "./directory.js";
import { arnOfUniqueId, resolvePrincipal } from "./principals.js";

/** A principal that the document names and that cannot be one. */
export class InvalidPrincipal extends Error {
  override readonly name = "InvalidPrincipal";
  readonly principal: string;

  constructor(principal: string) {
    super(`Invalid principal in policy: "AWS":"${principal}"`);
    this.principal = principal;
  }
}

type Replacements = Readonly<Record<string, string>>;

/**
 * The users and roles that a document names, bound to their unique ids: a namesake made later is not meant (kms P-8).
 * Throws InvalidPrincipal for one that does not exist. In accounts that live elsewhere only the root can be named.
 */
export async function bindPrincipals(tx: ReadTx, text: string): Promise<Replacements> {
  const bound: Record<string, string> = {};
  for (const name of new Set(principalHolders(JSON.parse(text)).flatMap((holder) => namesOf(holder)))) {
    if (name === "*") continue;
    const fate = await resolvePrincipal(tx, name);
    const isForeignRoot = fate.kind === "elsewhere" && /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/.test(name);
    if (fate.kind !== "found" && !isForeignRoot) throw new InvalidPrincipal(name);
    if (fate.kind === "found" && fate.uniqueId !== undefined && name.includes(":iam:")) bound[name] = fate.uniqueId;
  }
  return bound;
}

/** What the policy means: unique ids where it names users and roles. This is the text to compile. */
export const boundTrustPolicy = (role: Role): string => withPrincipals(role.trustPolicy, role.trustPrincipals);

/** What GetRole shows: who is meant by the ARN of today, and by the bare unique id once deleted. */
export async function shownTrustPolicy(tx: ReadTx, role: Role): Promise<string> {
  const shown: Record<string, string> = {};
  for (const [written, uniqueId] of Object.entries(role.trustPrincipals)) {
    const current = (await arnOfUniqueId(tx, uniqueId)) ?? uniqueId;
    if (current !== written) shown[written] = current;
  }
  return withPrincipals(role.trustPolicy, shown);
}

/** The document with these principals in place of those; the very text when there is nothing to change. */
function withPrincipals(text: string, replacements: Replacements): string {
  if (Object.keys(replacements).length === 0) return text;
  const document: unknown = JSON.parse(text);
  const replaced = (name: unknown) =>
    typeof name === "string" && Object.hasOwn(replacements, name) ? replacements[name] : name;
  for (const holder of principalHolders(document)) {
    const names = holder["AWS"];
    holder["AWS"] = Array.isArray(names) ? names.map(replaced) : replaced(names);
  }
  return JSON.stringify(document);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

const namesOf = (holder: Record<string, unknown>): string[] =>
  listOf(holder["AWS"]).filter((name) => typeof name === "string");

/** Every `{"AWS": …}` of the document. */
function principalHolders(document: unknown): Record<string, unknown>[] {
  if (!isObject(document)) return [];
  return listOf(document["Statement"])
    .filter(isObject)
    .flatMap((statement) => [statement["Principal"], statement["NotPrincipal"]])
    .filter(isObject)
    .filter((holder) => holder["AWS"] !== undefined);
}
