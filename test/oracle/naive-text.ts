export type Context = Readonly<Record<string, string | readonly string[]>>;

/** `*` for any run, `?` for any one character; `\u0000*` stands for a star that means itself. */
export function likeText(pattern: string, text: string): boolean {
  const known = EXPRESSIONS.get(pattern) ?? expressionOf(pattern);
  EXPRESSIONS.set(pattern, known);
  return known.test(text);
}

const EXPRESSIONS = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  let source = "^";
  for (let at = 0; at < pattern.length; at++) {
    const one = pattern[at] ?? "";
    if (one === "\u0000") source += escaped(pattern[++at] ?? "");
    else if (one === "*") source += "[^]*";
    else if (one === "?") source += "[^]";
    else source += escaped(one);
  }
  return new RegExp(`${source}$`);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Puts values for variables; what comes from a value has no wild characters. Undefined: a variable is unknown. */
export function fill(text: string, values: Context, version: string): string | undefined {
  if (version !== "2012-10-17") return text;
  let isUnknown = false;
  const filled = text.replace(/\$\{([^}]*)\}/g, (_all, inner: string) => {
    if (inner === "*" || inner === "?" || inner === "$") return `\u0000${inner}`;
    const [name = "", fallback] = inner.split(/\s*,\s*(?=')/);
    const value = values[name.trim().toLowerCase()];
    const put = typeof value === "string" ? value : fallback === undefined ? undefined : fallback.slice(1, -1);
    if (put === undefined) isUnknown = true;
    return [...(put ?? "")].map((one) => (one === "*" || one === "?" ? `\u0000${one}` : one)).join("");
  });
  return isUnknown ? undefined : filled;
}

/** What `fill` made, where stars mean nothing. */
export const plain = (filled: string): string => filled.replaceAll("\u0000", "");
