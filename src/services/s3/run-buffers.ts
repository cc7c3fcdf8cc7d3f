import { letGo } from "../../base/index.js";

/** Stored bytes of several segments that were read in one piece. */
export type StoredRun = Buffer<ArrayBufferLike>;

/** Buffers of full runs are used again: a megabyte is dear to allocate for each request. */
const MOST_SPARE = 8;
const spareShared: StoredRun[] = [];
const spareOwn: StoredRun[] = [];

/** A buffer of at least so many bytes. `isShared`: another thread will read what lies in it. */
export function takeRunBuffer(bytes: number, isShared: boolean): StoredRun {
  const spare = isShared ? spareShared : spareOwn;
  const found = spare[spare.length - 1];
  if (found !== undefined && found.length >= bytes && found.length <= bytes * 2) {
    spare.pop();
    return found;
  }
  return isShared ? Buffer.from(new SharedArrayBuffer(bytes)) : Buffer.allocUnsafeSlow(bytes);
}

/** Nobody reads it or writes into it any more. */
export function giveRunBuffer(buffer: StoredRun, runBytes: number): void {
  const spare = isSharedRun(buffer) ? spareShared : spareOwn;
  if (buffer.length >= runBytes && spare.length < MOST_SPARE) spare.push(buffer);
  else letGo(buffer);
}

export const isSharedRun = (run: StoredRun): run is Buffer<SharedArrayBuffer> =>
  run.buffer instanceof SharedArrayBuffer;
