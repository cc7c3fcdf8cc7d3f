/**
 * The one byte form of an encryption context: the count, then each pair as length, key, length, value, sorted by the
 * UTF-8 bytes of the key. Lengths and count are 32-bit big-endian. Absent and empty are the same context.
 */
export function canonicalContext(context: Readonly<Record<string, string>> | undefined): Buffer {
  const pairs: ByteTexts[] = [];
  if (context !== undefined)
    for (const [key, value] of Object.entries(context)) pairs.push({ key: byteText(key), value: byteText(value) });
  if (pairs.length > 1) pairs.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  let text = numberText(pairs.length);
  for (const { key, value } of pairs) text += numberText(key.length) + key + numberText(value.length) + value;
  return Buffer.from(text, "latin1");
}

interface ByteTexts {
  readonly key: string;
  readonly value: string;
}

const ASCII = /^[\0-\x7f]*$/;

/** A character for each UTF-8 byte: so JavaScript's order of strings is that of the bytes, and all is written in one step. */
const byteText = (text: string): string => (ASCII.test(text) ? text : Buffer.from(text).toString("latin1"));

const numberText = (number: number): string =>
  String.fromCharCode(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
