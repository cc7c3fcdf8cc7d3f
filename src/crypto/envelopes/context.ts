import { utf8 } from "../../base/index.js";

type Pair = readonly [key: string, value: string];

/**
 * The one byte form of an encryption context: the count, then each pair as length, key, length, value, sorted by the
 * UTF-8 bytes of the key. Lengths and count are 32-bit big-endian. Absent and empty are the same context.
 */
export function canonicalContext(context: Readonly<Record<string, string>> | undefined): Buffer {
  const pairs: Pair[] = Object.entries(context ?? {});
  // Not by JavaScript's order of strings: that one compares UTF-16 units, which differ beyond the basic plane.
  if (pairs.length > 1) pairs.sort(([a], [b]) => Buffer.compare(utf8(a), utf8(b)));
  const bytes = Buffer.allocUnsafe(sizeOf(pairs));
  let at = bytes.writeUInt32BE(pairs.length);
  for (const pair of pairs) {
    for (const text of pair) {
      const written = bytes.write(text, at + 4, "utf8");
      bytes.writeUInt32BE(written, at);
      at += 4 + written;
    }
  }
  return bytes;
}

function sizeOf(pairs: readonly Pair[]): number {
  let size = 4;
  for (const [key, value] of pairs) size += 8 + Buffer.byteLength(key) + Buffer.byteLength(value);
  return size;
}
