import { detach, lend } from "../../base/index.js";

/** Buffers of runs are used again: a megabyte is dear to allocate for each request, and its pages dear to touch first. */
const MOST_SPARE_BYTES = 8 * 1024 * 1024;
/** What is smaller costs nothing to allocate. */
const LEAST_SPARE_BYTES = 64 * 1024;
/**
 * Large memory begins 16 bytes into a page. Some processors copy six times as slowly to less than 32 bytes further into a page
 * than they copy from, which is what a read from a page's beginning would be.
 */
const APART_BYTES = 512;
const spare: Buffer[] = [];
let spareBytes = 0;

/** Memory of that many bytes or somewhat more. */
export function takeRunBuffer(bytes: number): Buffer {
  const at = spare.findLastIndex((buffer) => buffer.length >= bytes && buffer.length <= bytes * 2);
  const [found] = at < 0 ? [] : spare.splice(at, 1);
  spareBytes -= found?.length ?? 0;
  return found ?? Buffer.allocUnsafeSlow(APART_BYTES + bytes).subarray(APART_BYTES);
}

/** Nobody reads it or writes into it any more. */
export function giveRunBuffer(buffer: Buffer): void {
  if (buffer.length < LEAST_SPARE_BYTES) return;
  if (spareBytes + buffer.length > MOST_SPARE_BYTES) {
    detach(buffer.buffer);
    return;
  }
  spareBytes += buffer.length;
  spare.push(buffer);
}

/** What lies in a run's buffer, for one who lets go of it. */
export const lendRun = (buffer: Buffer, first: number, bytes: number): Buffer =>
  lend(buffer.subarray(first, first + bytes), () => giveRunBuffer(buffer));
