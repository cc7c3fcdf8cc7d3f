import { Lru } from "../base/index.js";
import { type NamedPolicy, type Policy, type PolicyKind, parsePolicy } from "../policy/index.js";

const KEPT = 5_000;
const compiled = new Lru<string, Policy>(KEPT);

/** Parsed once a text: after any change in the directory the callers are read anew, their policies mostly as before. */
export function compile(kind: PolicyKind, text: string): Policy {
  const key = `${kind} ${text}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const policy = parsePolicy(text, kind);
  compiled.set(key, policy);
  return policy;
}

export const named = (name: string, kind: PolicyKind, text: string): NamedPolicy => ({
  name,
  policy: compile(kind, text),
});

const NOTHING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "none:none", Resource: "*" }],
});

/** Stands where a boundary or session policy was that is gone: the limit must not vanish with its text. */
export const allowsNothing = (name: string, kind: PolicyKind): NamedPolicy => named(name, kind, NOTHING);
