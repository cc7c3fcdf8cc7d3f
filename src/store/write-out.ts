import { fdatasync, writev } from "node:fs";
import { getSystemErrorName, promisify } from "node:util";
import { codeOf } from "./errors.js";

const flushFile = promisify(fdatasync);
const writeFile = promisify(writev);

/** As many as the system takes at once. */
const MOST_PIECES = 1000;

/** What comes behind a write: nothing, the disk begins to take what is there, or has it. */
export const AFTER_WRITE = { nothing: 0, begin: 1, flush: 2 } as const;
export type AfterWrite = (typeof AFTER_WRITE)[keyof typeof AFTER_WRITE];

/**
 * Appends the pieces to an open file in one trip to a thread, with what comes behind it. Gives how many bytes were written,
 * and 0 or the system's error: of the flush, where all were.
 */
export type WriteOut = (
  file: number,
  pieces: readonly Uint8Array[],
  after: AfterWrite,
) => Promise<readonly [written: number, failed: number]>;

/**
 * Writes all of it. The system may take less than it was given, on a disk that fills up for one: then `makeRoom` is asked,
 * and the write goes on where it gave something up. A flush that failed is not asked for again.
 */
export async function writeWhole(
  file: number,
  pieces: readonly Uint8Array[],
  after: AfterWrite,
  makeRoom: () => Promise<boolean>,
  write: WriteOut | undefined,
): Promise<void> {
  const out = write === undefined ? viaNode : viaAddon(write);
  let left = pieces.filter((piece) => piece.length > 0);
  do {
    const { written, failure } = await out(file, left.slice(0, MOST_PIECES), left.length > MOST_PIECES ? 0 : after);
    left = afterBytes(left, written);
    if (failure === undefined) continue;
    if (left.length === 0 || codeOf(failure) !== "ENOSPC" || !(await makeRoom())) throw failure;
  } while (left.length > 0);
}

type Outcome = { readonly written: number; readonly failure: unknown };
type Out = (file: number, pieces: readonly Uint8Array[], after: AfterWrite) => Promise<Outcome>;

const viaAddon =
  (write: WriteOut): Out =>
  async (file, pieces, after) => {
    const [written, failed] = await write(file, pieces, after);
    return { written, failure: failed === 0 ? undefined : systemError(failed) };
  };

/** Beginning is left out: nothing of Node's does it. */
const viaNode: Out = async (file, pieces, after) => {
  let written = 0;
  const whole = pieces.reduce((sum, piece) => sum + piece.length, 0);
  try {
    if (whole > 0) ({ bytesWritten: written } = await writeFile(file, pieces));
    if (after === AFTER_WRITE.flush && written === whole) await flushFile(file);
    return { written, failure: undefined };
  } catch (failure) {
    return { written, failure };
  }
};

function systemError(errno: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${code}: a blob could not be written`), { code });
}

function afterBytes(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(Math.min(skip, piece.length));
    skip = Math.max(0, skip - piece.length);
    return rest.length > 0 ? [rest] : [];
  });
}
