/** A piece of a text that may hold wildcards: `*` and `?` live in patterns and are themselves in literals. */
export interface Piece {
  readonly text: string;
  readonly literal: boolean;
}

export type Test = (text: string) => boolean;

const ANY_RUN = -1;
const ANY_ONE = -2;
const STAR = 42;
const QUESTION = 63;

/** UTF-16 units, ANY_RUN and ANY_ONE. */
export type Tokens = readonly number[];

export function tokensOf(pieces: readonly Piece[]): number[] {
  const tokens: number[] = [];
  for (const { text, literal } of pieces) {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (literal || (code !== STAR && code !== QUESTION)) tokens.push(code);
      else if (code === QUESTION) tokens.push(ANY_ONE);
      else if (tokens.at(-1) !== ANY_RUN) tokens.push(ANY_RUN);
    }
  }
  return tokens;
}

/** The test with the least work for this pattern: most are exact, a prefix, or everything. */
export function globTest(tokens: Tokens): Test {
  if (tokens.includes(ANY_ONE)) return (text) => matches(tokens, text);
  const [first = "", ...others] = segmentsOf(tokens);
  const last = others.pop();
  if (last === undefined) return (text) => text === first;
  if (others.length > 0) return (text) => matchesSegments(first, others, last, text);
  if (last !== "")
    return (text) => text.length >= first.length + last.length && text.startsWith(first) && text.endsWith(last);
  return first === "" ? () => true : (text) => text.startsWith(first);
}

export const globOf = (pattern: string): Test => globTest(tokensOf([{ text: pattern, literal: false }]));

/** Has both wildcards: the one kind of pattern that has to be tried place by place. */
export const isMixed = (pattern: string): boolean => pattern.includes("*") && pattern.includes("?");

/** The texts between the stars. */
function segmentsOf(tokens: Tokens): string[] {
  const segments: string[] = [""];
  for (const token of tokens) {
    if (token === ANY_RUN) segments.push("");
    else segments.push(`${segments.pop() ?? ""}${String.fromCharCode(token)}`);
  }
  return segments;
}

/** Each segment where it is found first, between the two ends: the engine's search is fast for hostile texts too. */
function matchesSegments(first: string, middle: readonly string[], last: string, text: string): boolean {
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const segment of middle) {
    const found = text.indexOf(segment, at);
    if (found < 0) return false;
    at = found + segment.length;
  }
  return at + last.length <= text.length;
}

/** Two pointers and one place to go back to: never worse than pattern × text, whatever the pattern. */
function matches(tokens: Tokens, text: string): boolean {
  let at = 0;
  let token = 0;
  let backToken = -1;
  let backAt = 0;
  while (at < text.length) {
    const wanted = tokens[token];
    if (wanted === ANY_RUN) {
      backToken = ++token;
      backAt = at;
    } else if (wanted === ANY_ONE || wanted === text.charCodeAt(at)) {
      token++;
      at++;
    } else if (backToken >= 0) {
      token = backToken;
      at = ++backAt;
    } else return false;
  }
  while (tokens[token] === ANY_RUN) token++;
  return token === tokens.length;
}
