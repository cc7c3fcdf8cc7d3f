import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { hex, needs } from "../../base/index.js";
import { KEY_BYTES, Secret } from "../../crypto/index.js";
import { replaceFile } from "../../store/index.js";
import { RootError } from "./root-error.js";

/**
 * The key file: a version byte, then entries of an 8-byte id and a 32-byte key. One entry, but two for the moment of
 * a change: the new key is added before root.json names it and the old one goes afterwards, so that a crash at any
 * point leaves a file that opens whichever root.json is there. Format: docs/formats/root.md.
 */
const VERSION = 1;
const ID_BYTES = 8;
const ENTRY_BYTES = ID_BYTES + KEY_BYTES;
const MOST_ENTRIES = 8;

export function readFromKeyFile(path: string, keyId: string): Secret {
  const file = readKeyFile(path);
  try {
    const entry = entriesOf(file).find((candidate) => hex(candidate.subarray(0, ID_BYTES)) === keyId);
    if (entry === undefined) throw new RootError("wrong-key-file");
    return Secret.own(Uint8Array.from(entry.subarray(ID_BYTES)));
  } finally {
    file.fill(0);
  }
}

/** Adds a key, to what is there too: a first start that was cut off, or the key in force during a change. */
export function addToKeyFile(path: string, keyId: string, key: Secret): void {
  const old = readIfThere(path);
  const file = key.use((bytes) => Buffer.concat([old, Buffer.from(keyId, "hex"), bytes]));
  needs(entriesOf(file).length <= MOST_ENTRIES, "first starts that were cut off do not pile up");
  replaceFile(path, file);
  file.fill(0);
  old.fill(0);
}

/** Leaves only that key. */
export function keepInKeyFile(path: string, keyId: string): void {
  const key = readFromKeyFile(path, keyId);
  const file = key.use((bytes) => Buffer.concat([Buffer.from([VERSION]), Buffer.from(keyId, "hex"), bytes]));
  replaceFile(path, file);
  file.fill(0);
  key.wipe();
}

function readIfThere(path: string): Buffer {
  try {
    return readKeyFile(path);
  } catch (thrown) {
    if (thrown instanceof RootError && thrown.reason === "key-file-missing") return Buffer.from([VERSION]);
    throw thrown;
  }
}

function readKeyFile(path: string): Buffer {
  const descriptor = openKeyFile(path);
  try {
    const { mode, size } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0) throw new RootError("key-file-open-to-others");
    if (size < 1 || size > 1 + MOST_ENTRIES * ENTRY_BYTES) throw new RootError("wrong-key-file");
    const file = readFileSync(descriptor);
    if (file[0] !== VERSION || (file.length - 1) % ENTRY_BYTES !== 0) throw new RootError("wrong-key-file");
    return file;
  } finally {
    closeSync(descriptor);
  }
}

function openKeyFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (thrown) {
    // ENOENT is the owner's to mend; anything else (permissions, I/O) speaks for itself.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")
      throw new RootError("key-file-missing");
    throw thrown;
  }
}

function entriesOf(file: Buffer): Buffer[] {
  const count = (file.length - 1) / ENTRY_BYTES;
  return Array.from({ length: count }, (_, index) =>
    file.subarray(1 + index * ENTRY_BYTES, 1 + (index + 1) * ENTRY_BYTES),
  );
}
