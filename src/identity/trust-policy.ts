import { principalsOf, replacePrincipals } from "../policy/index.js";
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
  for (const { text: name, kind } of principalsOf(text)) {
    const fate = await resolvePrincipal(tx, name);
    const isForeignAccount = fate.kind === "elsewhere" && kind === "account";
    if (fate.kind !== "found" && !isForeignAccount) throw new InvalidPrincipal(name);
    const isBound = kind === "user" || kind === "role";
    if (isBound && fate.kind === "found" && fate.uniqueId !== undefined) bound[name] = fate.uniqueId;
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

const withPrincipals = (text: string, replacements: Replacements): string =>
  replacePrincipals(text, (name) => (Object.hasOwn(replacements, name) ? replacements[name] : undefined));
