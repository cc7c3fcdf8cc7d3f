import { utf8 } from "../../base/index.js";

const NO_CONTEXT = Buffer.alloc(4);

/**
 * The one byte form of an encryption context: the count, then each pair as length, key, length, value, sorted by the
 * UTF-8 bytes of the key. Lengths and count are 32-bit big-endian. Absent and empty are the same context.
 */
export function canonicalContext(context: Readonly<Record<string, string>> | undefined): Buffer {
  const pairs = Object.entries(context ?? {}).map(([key, value]) => [utf8(key), utf8(value)] as const);
  if (pairs.length === 0) return NO_CONTEXT;
  // Not by JavaScript's order of strings: that one compares UTF-16 units, which differ beyond the basic plane.
  pairs.sort(([a], [b]) => Buffer.compare(a, b));
  return Buffer.concat([uint32(pairs.length), ...pairs.flatMap(([key, value]) => [...sized(key), ...sized(value)])]);
}

const sized = (bytes: Buffer) => [uint32(bytes.length), bytes];

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
