import { asBuffer } from "../../base/index.js";

/** Two things in one stored value: version, length of the first, the first, the second. Format: docs/formats/s3-object.md. */
export interface Pair {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

/** Each apart from the first byte of every KMS blob. */
export const WRAPPED = { underBucketKey: 0xb1, rewrapped: 0xb2, twoLayers: 0xd2 } as const;

const HEAD_BYTES = 3;

export function packPair(version: number, { first, second }: Pair): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = version;
  head.writeUInt16BE(first.length, 1);
  return Buffer.concat([head, first, second]);
}

/** Undefined when the value is of another kind. */
export function unpackPair(version: number, packed: Uint8Array): Pair | undefined {
  if (packed[0] !== version) return undefined;
  const end = HEAD_BYTES + asBuffer(packed).readUInt16BE(1);
  return { first: packed.subarray(HEAD_BYTES, end), second: packed.subarray(end) };
}
