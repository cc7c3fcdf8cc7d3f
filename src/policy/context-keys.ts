import { readDocument } from "./document.js";
import type { PolicyKind } from "./types.js";

const VARIABLE = /\$\{\s*([^\s{}*?$,'][^{},']*?)\s*(?:,[^{}]*)?\}/g;

/** The condition keys that a document asks for, as it writes them, in conditions and in variables. */
export function contextKeysOf(text: string, kind: PolicyKind): string[] {
  const { version, statements } = readDocument(text, kind, false);
  const found = new Map<string, string>();
  const add = (key: string) => {
    if (!found.has(key.toLowerCase())) found.set(key.toLowerCase(), key);
  };
  for (const { resource, conditions } of statements) {
    for (const { key } of conditions) add(key);
    if (version !== "2012-10-17") continue;
    for (const value of [...(resource?.value ?? []), ...conditions.flatMap(({ values }) => values)])
      for (const match of value.matchAll(VARIABLE)) add(match[1] ?? "");
  }
  return [...found.values()];
}
