import { csvCell, LIMITS } from "../../../base/index.js";

/** What a manifest says wrong: the job fails with it. */
export class WrongManifest extends Error {
  override readonly name = "WrongManifest";
}

/** Lines of a text that comes in pieces, without their ends. What a key has of line ends is percent-encoded. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const piece of body) {
    rest += decoded(decoder, piece);
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LIMITS.s3BatchLineChars) throw new WrongManifest("A line of the manifest is too long.");
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  rest += decoded(decoder);
  if (rest !== "") yield rest.replace(/\r$/, "");
}

function decoded(decoder: InstanceType<typeof TextDecoder>, piece?: Uint8Array): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    throw new WrongManifest("The manifest is not text in UTF-8.");
  }
}

/** The values of one line, quoted or not. Undefined when its quotes are wrong. */
export function valuesOf(line: string): string[] | undefined {
  const values: string[] = [];
  for (let at = 0; at <= line.length; at += 1) {
    const [text, value] = valueAt(line, at);
    if (text === undefined || value === undefined) return undefined;
    values.push(value);
    at += text.length;
    if (at < line.length && line[at] !== ",") return undefined;
  }
  return values;
}

/** As it stands at that place, and what it means. */
function valueAt(line: string, at: number): readonly [text: string | undefined, value: string | undefined] {
  const quoted = /"((?:[^"]|"")*)"/y;
  const plain = /[^",]*/y;
  const isQuoted = line[at] === '"';
  const pattern = isQuoted ? quoted : plain;
  pattern.lastIndex = at;
  const found = pattern.exec(line);
  return [found?.[0], isQuoted ? found?.[1]?.replaceAll('""', '"') : found?.[0]];
}

/** A value as a report has it: each of its lines is one task. */
export const csvValue = (value: string): string => csvCell(value).replace(/[\r\n]+/g, " ");

/** A key as manifests have it. */
export const csvKey = (key: string): string => encodeURIComponent(key).replaceAll("%2F", "/");
