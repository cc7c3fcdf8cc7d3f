import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { hex, needs, utf8 } from "../../base/index.js";
import { sha256 } from "../../crypto/index.js";

/** The kernel's sun_path holds 108 bytes with its final zero on Linux, 104 on macOS. */
const MOST_PATH_BYTES = 103;

/** `run/custodian.sock` in the data folder, or a short name below the temporary folder where that is too long. */
export function custodianSocketPath(dataFolder: string): string {
  const own = join(resolve(dataFolder), "run", "custodian.sock");
  if (Buffer.byteLength(own) <= MOST_PATH_BYTES) return own;
  const short = join(tmpdir(), `strongroom-${hex(sha256(utf8(own)).subarray(0, 8))}`, "c.sock");
  needs(Buffer.byteLength(short) <= MOST_PATH_BYTES, "the temporary folder's name is short enough for a socket");
  return short;
}

/** Makes the socket's folder, which only its owner may enter, and refuses one that somebody else made before. */
export function prepareSocketFolder(socketPath: string): void {
  const folder = dirname(socketPath);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  needs(found.isDirectory() && found.uid === process.getuid?.(), "the socket's folder is a folder of our own");
  chmodSync(folder, 0o700);
}
