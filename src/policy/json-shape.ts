import { LIMITS } from "../base/index.js";
import { PolicySyntaxError } from "./syntax-error.js";

/**
 * Parses a policy's JSON and refuses what JSON.parse lets pass in silence: a name given twice in one object (the
 * second `StringEquals` would swallow the first, and a restriction with it) and needless depth.
 */
export function parseJsonOnce(text: string): unknown {
  const value = parseJson(text);
  refuseRepeatedNames(text);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicySyntaxError("json", "This policy contains invalid Json");
  }
}

/** Walks text that is known to be JSON; keeps the names seen in each open object (null: an array). */
function refuseRepeatedNames(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") {
      open.push(char === "{" ? new Set() : null);
      if (open.length > LIMITS.policyDepth) throw new PolicySyntaxError("too-large");
    } else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      if (isName(text, end)) noteName(open.at(-1), text.slice(at, end));
      at = end - 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text[at] === ":";
}

function noteName(names: Set<string> | null | undefined, quoted: string): void {
  const name: unknown = JSON.parse(quoted); // "\u0041" and "A" are one name
  if (!names || typeof name !== "string") return;
  if (names.has(name)) throw new PolicySyntaxError("json", "This policy contains invalid Json");
  names.add(name);
}
