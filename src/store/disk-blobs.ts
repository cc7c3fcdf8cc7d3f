import { randomBytes } from "node:crypto";
import { close, fdatasync, fstat, open, read, writev } from "node:fs";
import { mkdir, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { hex, needs } from "../base/index.js";
import { type BlobEntry, BlobMissing, type BlobReader, type Blobs, type BlobWriter } from "./blobs.js";
import { codeOf, StoreDamaged, translateDiskError } from "./errors.js";
import { FolderSync, syncFolder } from "./folder-sync.js";

const openFile = promisify(open);
const closeFile = promisify(close);
const flushFile = promisify(fdatasync);
const statFile = promisify(fstat);
const readFile = promisify(read);
const writeFile = promisify(writev);

/** Small writes are gathered to this size before the disk is asked; larger ones go out as they come. */
const GATHER_BYTES = 256 * 1024;
const NAME = /^[0-9a-f]{32}$/;

/** Blobs as files: `<folder>/ab/ab0123…`, readable by their owner only. */
export async function openDiskBlobs(folder: string): Promise<Blobs> {
  await makeFolders(folder);
  return new DiskBlobs(folder);
}

class DiskBlobs implements Blobs {
  readonly #folder: string;
  readonly #folders = new FolderSync();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async create(): Promise<BlobWriter> {
    const name = hex(randomBytes(16));
    try {
      const file = await openFile(this.#path(name), "wx", 0o600);
      return new DiskBlobWriter(name, file, this.#path(name), () => this.#folders.sync(this.#folderOf(name)));
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }

  async open(name: string): Promise<BlobReader> {
    try {
      const file = await openFile(this.#path(name), "r");
      return new DiskBlobReader(file, (await statFile(file)).size);
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") throw new BlobMissing(`no blob ${name}`);
      throw translateDiskError(thrown);
    }
  }

  async remove(name: string): Promise<void> {
    await removeFile(this.#path(name));
  }

  async list(after: string | undefined, limit: number): Promise<readonly BlobEntry[]> {
    const found: BlobEntry[] = [];
    for (let first = after === undefined ? 0 : Number.parseInt(after.slice(0, 2), 16); first < 256; first += 1) {
      const names = await this.#namesIn(first, after);
      found.push(...(await this.#entries(names.slice(0, limit - found.length))));
      if (found.length >= limit) break;
    }
    return found;
  }

  async #namesIn(first: number, after: string | undefined): Promise<string[]> {
    const names = await readdir(join(this.#folder, twoDigits(first)));
    return names.filter((name) => NAME.test(name) && (after === undefined || name > after)).sort();
  }

  async #entries(names: readonly string[]): Promise<BlobEntry[]> {
    const entries = await Promise.all(names.map((name) => entryOf(name, this.#path(name))));
    return entries.filter((entry) => entry !== undefined);
  }

  #folderOf(name: string): string {
    return join(this.#folder, name.slice(0, 2));
  }

  #path(name: string): string {
    needs(NAME.test(name), "a blob's name is what create gave");
    return join(this.#folderOf(name), name);
  }
}

class DiskBlobWriter implements BlobWriter {
  readonly name: string;
  readonly #file: number;
  readonly #path: string;
  readonly #syncFolder: () => Promise<void>;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #bytes = 0;
  #state: "open" | "closed" | "committed" = "open";

  constructor(name: string, file: number, path: string, sync: () => Promise<void>) {
    this.name = name;
    this.#file = file;
    this.#path = path;
    this.#syncFolder = sync;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(data: Uint8Array): Promise<void> {
    needs(this.#state === "open", "an ended blob is not written");
    this.#bytes += data.length;
    if (data.length >= GATHER_BYTES / 4) return this.#flush(data);
    this.#gathered.push(Buffer.from(data));
    this.#gatheredBytes += data.length;
    if (this.#gatheredBytes >= GATHER_BYTES) await this.#flush();
  }

  async commit(): Promise<void> {
    needs(this.#state === "open", "an ended blob is not committed");
    try {
      await this.#flush();
      await flushFile(this.#file);
      await this.#close();
      await this.#syncFolder();
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
    this.#state = "committed";
  }

  async abort(): Promise<void> {
    needs(this.#state !== "committed", "a committed blob is removed, not aborted");
    this.#gathered = [];
    await this.#close();
    await removeFile(this.#path);
  }

  async #close(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "closed";
    await closeFile(this.#file);
  }

  async #flush(last?: Uint8Array): Promise<void> {
    const pieces: Uint8Array[] = last === undefined ? this.#gathered : [...this.#gathered, last];
    this.#gathered = [];
    this.#gatheredBytes = 0;
    try {
      await writeWhole(this.#file, pieces);
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }
}

class DiskBlobReader implements BlobReader {
  readonly bytes: number;
  readonly #file: number;
  #isClosed = false;

  constructor(file: number, bytes: number) {
    this.#file = file;
    this.bytes = bytes;
  }

  async read(position: number, into: Uint8Array): Promise<void> {
    needs(!this.#isClosed, "a closed blob is not read");
    for (let done = 0; done < into.length; ) {
      const { bytesRead } = await readFile(this.#file, into, done, into.length - done, position + done);
      if (bytesRead === 0) throw new StoreDamaged("a blob ends too early");
      done += bytesRead;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await closeFile(this.#file);
  }
}

/** The system may take less than it was given, on a disk that fills up for one. */
async function writeWhole(file: number, pieces: readonly Uint8Array[]): Promise<void> {
  let left = pieces.filter((piece) => piece.length > 0);
  while (left.length > 0) {
    const { bytesWritten } = await writeFile(file, left.slice(0, 1000));
    left = afterBytes(left, bytesWritten);
  }
}

function afterBytes(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(Math.min(skip, piece.length));
    skip = Math.max(0, skip - piece.length);
    return rest.length > 0 ? [rest] : [];
  });
}

async function entryOf(name: string, path: string): Promise<BlobEntry | undefined> {
  try {
    const { size, mtime } = await stat(path);
    return { name, bytes: size, modifiedAt: mtime };
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined; // removed since the folder was read
    throw translateDiskError(thrown);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT") throw translateDiskError(thrown);
  }
}

/** All 256 at once, so that creating a blob never has to make and flush a folder. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const there = new Set(await readdir(folder));
    const missing = Array.from({ length: 256 }, (_, first) => twoDigits(first)).filter((name) => !there.has(name));
    if (missing.length === 0) return;
    for (const name of missing) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    await syncFolder(folder);
  } catch (thrown) {
    throw translateDiskError(thrown);
  }
}

const twoDigits = (first: number) => first.toString(16).padStart(2, "0");
