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
  const firstWild = tokens.findIndex((token) => token < 0);
  if (firstWild < 0) {
    const exact = String.fromCharCode(...tokens);
    return (text) => text === exact;
  }
  if (firstWild === tokens.length - 1 && tokens[firstWild] === ANY_RUN) {
    if (firstWild === 0) return () => true;
    const prefix = String.fromCharCode(...tokens.slice(0, -1));
    return (text) => text.startsWith(prefix);
  }
  return (text) => matches(tokens, text);
}

export const globOf = (pattern: string): Test => globTest(tokensOf([{ text: pattern, literal: false }]));

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
