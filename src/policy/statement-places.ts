/** Lines and columns count from 1. */
export interface TextPlace {
  readonly Line: number;
  readonly Column: number;
}

export interface TextSpan {
  readonly start: TextPlace;
  readonly end: TextPlace;
}

/** Where the statements of a document stand in its text, which has been parsed already. */
export function statementPlaces(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  const opened: number[] = [];
  let isInStatement = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      // The document's own members stand at depth 1; their names are what a colon follows.
      if (opened.length === 1 && /^\s*:/.test(text.slice(end, end + 64)))
        isInStatement = JSON.parse(text.slice(at, end)) === "Statement";
      at = end - 1;
    } else if (char === "{" || char === "[") opened.push(char === "{" ? at : -1);
    else if (char === "}" || char === "]") {
      const start = opened.pop() ?? -1;
      const isStatement = start >= 0 && isInStatement && opened.slice(1).every((outer) => outer === -1);
      if (isStatement && opened.length >= 1 && opened.length <= 2)
        spans.push({ start: placeOf(text, start), end: placeOf(text, at + 1) });
    }
  }
  return spans;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function placeOf(text: string, at: number): TextPlace {
  const before = text.slice(0, at).split("\n");
  return { Line: before.length, Column: (before.at(-1)?.length ?? 0) + 1 };
}
