import { LIMITS } from "../base/index.js";
import type { Piece } from "./glob.js";
import type { RequestValues } from "./types.js";

interface Variable {
  /** Lower case, as request values are named. */
  readonly variable: string;
  readonly fallback: string | undefined;
}

/** A policy's text, cut where its `${…}` stand. */
export type Template = readonly (Piece | Variable)[];

const VARIABLE = /\$\{([^{}]*)\}/g;
const NAME_AND_DEFAULT = /^\s*([^\s,'][^,']*?)\s*(?:,\s*'([^']*)'\s*)?$/;

/** Reads `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`; documents before 2012 have none. */
export function readTemplate(text: string, hasVariables: boolean): Template {
  if (!hasVariables || !text.includes("${")) return [{ text, literal: false }];
  const parts: (Piece | Variable)[] = [];
  let from = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), literal: false });
    parts.push(partOf(match[0], match[1] ?? ""));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), literal: false });
  return parts;
}

function partOf(whole: string, inside: string): Piece | Variable {
  if (inside === "*" || inside === "?" || inside === "$") return { text: inside, literal: true };
  const [, name, fallback] = NAME_AND_DEFAULT.exec(inside) ?? [];
  return name === undefined ? { text: whole, literal: true } : { variable: name.toLowerCase(), fallback };
}

export const isStatic = (template: Template): template is readonly Piece[] =>
  template.every((part) => !("variable" in part));

/**
 * The text for this request, or undefined when a variable has no value. What a variable brings is literal: a tag
 * that holds `*` opens nothing. Keys with several values are no variables.
 */
export function fill(template: Template, values: RequestValues): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (const part of template) {
    if (!("variable" in part)) {
      pieces.push(part);
      continue;
    }
    const text = values.get(part.variable) ?? part.fallback;
    if (typeof text !== "string" || text.length > LIMITS.policyVariableChars) return undefined;
    pieces.push({ text, literal: true });
  }
  return pieces;
}

export const textOf = (pieces: readonly Piece[]): string => pieces.map((piece) => piece.text).join("");
