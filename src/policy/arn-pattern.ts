import { globTest, type Piece, type Test, type Tokens, tokensOf } from "./glob.js";

const COLON = 58;
const PARTS = 6;

/**
 * A test of an ARN part by part, so that a wildcard never crosses a colon but in the resource. Undefined when the
 * pattern has not six parts; `*` alone stands for every ARN. The test says undefined of what is no ARN.
 */
export function arnTest(pieces: readonly Piece[]): ((text: string) => boolean | undefined) | undefined {
  const tokens = tokensOf(pieces);
  if (tokens.length === 1 && (tokens[0] ?? 0) < 0) return (text) => (splitArn(text) === undefined ? undefined : true);
  const patterns = splitTokens(tokens);
  if (patterns === undefined) return undefined;
  const tests: readonly Test[] = patterns.map(globTest);
  return (text) => {
    const parts = splitArn(text);
    if (parts === undefined) return undefined;
    return tests.every((test, at) => test(parts[at] ?? ""));
  };
}

/** The first five parts end at a colon; the sixth is all the rest. */
function splitTokens(tokens: Tokens): Tokens[] | undefined {
  const parts: Tokens[] = [];
  let from = 0;
  while (parts.length < PARTS - 1) {
    const colon = tokens.indexOf(COLON, from);
    if (colon < 0) return undefined;
    parts.push(tokens.slice(from, colon));
    from = colon + 1;
  }
  return [...parts, tokens.slice(from)];
}

function splitArn(text: string): string[] | undefined {
  if (!text.startsWith("arn:")) return undefined;
  const parts: string[] = [];
  let from = 0;
  while (parts.length < PARTS - 1) {
    const colon = text.indexOf(":", from);
    if (colon < 0) return undefined;
    parts.push(text.slice(from, colon));
    from = colon + 1;
  }
  parts.push(text.slice(from));
  return parts;
}
