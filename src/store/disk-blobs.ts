import { randomBytes } from "node:crypto";
import { close, closeSync, fdatasync, fstatSync, open, read } from "node:fs";
import { mkdir, readdir, rename as renameFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { hex, needs } from "../base/index.js";
import { type BlobEntry, type BlobFile, BlobMissing, type BlobReader, type Blobs, type BlobWriter } from "./blobs.js";
import { codeOf, StoreDamaged, translateDiskError } from "./errors.js";
import { FolderSync } from "./folder-sync.js";
import { AFTER_WRITE, type AfterWrite, type WriteOut, writeWhole } from "./write-out.js";

const openFile = promisify(open);
const closeFile = promisify(close);
const flushFile = promisify(fdatasync);
const readFile = promisify(read);

/** Small writes are gathered to this size before the disk is asked; larger ones go out as they come. */
const GATHER_BYTES = 256 * 1024;
/** So much of a blob is brought to the disk while the rest of it comes: a long one would else wait for all of it at its end. */
const EARLY_FLUSH_BYTES = 4 * 1024 * 1024;
/** Of all blobs one at a time: a flush holds a thread of the pool for as long as the disk takes. */
let isFlushingEarly = false;
const NAME = /^[0-9a-f]{32}$/;
const FOLDER = /^[0-9a-f]{2}$/;
const MOVING = "moving";

/** Blobs as files: `<folder>/ab/ab0123…`, readable by their owner only. Without `write` they are written by Node's own means. */
export async function openDiskBlobs(folder: string, write?: WriteOut): Promise<Blobs> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw translateDiskError(thrown);
  }
  return new DiskBlobs(folder, write);
}

class DiskBlobs implements Blobs {
  readonly #folder: string;
  readonly #write: WriteOut | undefined;
  readonly #flushes = new FolderSync();
  /** Folders that are known to be on the disk, or are being brought there. */
  readonly #made = new Map<string, Promise<void>>();
  /** The folder whose names were listed last. */
  #listed: { readonly folder: string; readonly names: readonly string[] } | undefined;

  constructor(folder: string, write: WriteOut | undefined) {
    this.#folder = folder;
    this.#write = write;
  }

  async create(makeRoom = async () => false): Promise<BlobWriter> {
    const name = hex(randomBytes(16));
    try {
      await this.#makeFolder(this.#folderOf(name));
      const file = await openFile(this.#path(name), "wx", 0o600);
      return new DiskBlobWriter(name, file, this.#path(name), {
        flushName: () => this.#flushes.sync(this.#folderOf(name)),
        makeRoom,
        write: this.#write,
      });
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }

  /** In a folder of its own until its bytes are on the disk: its name comes with all of them. */
  async createNamed(name: string): Promise<BlobWriter> {
    const place = this.#path(name);
    const path = join(this.#folder, MOVING, name);
    try {
      await mkdir(join(this.#folder, MOVING), { recursive: true, mode: 0o700 });
      await this.#makeFolder(this.#folderOf(name));
      const file = await openFile(path, "w", 0o600);
      const ports = { flushName: async () => {}, makeRoom: async () => false, write: this.#write };
      return withName(new DiskBlobWriter(name, file, path, ports), async () => {
        await renameFile(path, place);
        await this.#flushes.sync(this.#folderOf(name));
      });
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }

  async open(name: string): Promise<BlobReader> {
    try {
      const file = await openFile(this.#path(name), "r");
      return new DiskBlobReader(file, fstatSync(file).size); // known since it was opened: nothing to wait for
    } catch (thrown) {
      throw unopened(name, thrown);
    }
  }

  fileOf(name: string): BlobFile {
    const told = (thrown: unknown) => (codeOf(thrown) === "EIO" ? unreadable(thrown) : unopened(name, thrown));
    return { path: this.#path(name), told };
  }

  async remove(name: string): Promise<void> {
    await removeFile(this.#path(name));
  }

  async list(after: string | undefined, limit: number): Promise<readonly string[]> {
    const found: string[] = [];
    for (const folder of (await readdir(this.#folder)).filter((name) => FOLDER.test(name)).sort()) {
      if (after !== undefined && folder < after.slice(0, 2)) continue;
      const names = await this.#namesIn(folder, after);
      found.push(...names.slice(0, limit - found.length));
      if (found.length >= limit) break;
    }
    return found;
  }

  /** A folder is read once for all pages of a list that lie in it: it may hold as many names as a page a hundred times. */
  async #namesIn(folder: string, after: string | undefined): Promise<readonly string[]> {
    const goesOn = after?.startsWith(folder) === true;
    if (!goesOn || this.#listed?.folder !== folder) {
      const names = (await readdir(join(this.#folder, folder))).filter((name) => NAME.test(name)).sort();
      this.#listed = { folder, names };
    }
    const { names } = this.#listed;
    return goesOn ? names.slice(firstAfter(names, after)) : names;
  }

  async describe(name: string): Promise<BlobEntry | undefined> {
    try {
      const { size, mtime } = await stat(this.#path(name));
      return { bytes: size, modifiedAt: mtime };
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return undefined;
      throw translateDiskError(thrown);
    }
  }

  /** An unfinished blob is a file like any other, which the list shows; but for those that came from another store. */
  async abandonBefore(time: Date): Promise<number> {
    const folder = join(this.#folder, MOVING);
    let ended = 0;
    for (const name of await namesIn(folder)) {
      const { mtime } = await stat(join(folder, name));
      if (!(mtime < time)) continue;
      await removeFile(join(folder, name));
      ended += 1;
    }
    return ended;
  }

  async flushNames(): Promise<void> {
    try {
      for (const folder of (await readdir(this.#folder)).filter((name) => FOLDER.test(name)))
        await this.#flushes.sync(join(this.#folder, folder));
      await this.#flushes.sync(this.#folder);
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }

  close(): void {}

  /** Once for each folder and process: another process may have made it and not flushed it yet. */
  #makeFolder(folder: string): Promise<void> {
    const known = this.#made.get(folder);
    if (known !== undefined) return known;
    const making = mkdir(folder, { recursive: true, mode: 0o700 }).then(() => this.#flushes.sync(this.#folder));
    this.#made.set(folder, making);
    making.catch(() => this.#made.delete(folder)); // the caller gets the failure; the next one tries again
    return making;
  }

  #folderOf(name: string): string {
    return join(this.#folder, name.slice(0, 2));
  }

  #path(name: string): string {
    needs(NAME.test(name), "a blob's name is what create gave");
    return join(this.#folderOf(name), name);
  }
}

/** Nothing is there under the name until it is committed. */
const withName = (writer: DiskBlobWriter, giveName: () => Promise<void>): BlobWriter => ({
  name: writer.name,
  get bytes() {
    return writer.bytes;
  },
  write: (...pieces) => writer.write(...pieces),
  abort: () => writer.abort(),
  async commit() {
    await writer.commit();
    await giveName().catch((thrown: unknown) => {
      throw translateDiskError(thrown);
    });
  },
});

/** Most houses never had the folder. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return [];
    throw translateDiskError(thrown);
  }
}

interface WriterPorts {
  /** Flushes the folder. */
  readonly flushName: () => Promise<void>;
  /** The disk is full: true when there is some room again. */
  readonly makeRoom: () => Promise<boolean>;
  readonly write: WriteOut | undefined;
}

class DiskBlobWriter implements BlobWriter {
  readonly name: string;
  readonly #file: number;
  readonly #path: string;
  readonly #ports: WriterPorts;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #bytes = 0;
  #unflushedBytes = 0;
  /** Fails for good with the first early flush that does: the system tells of a failure once. */
  #flushed: Promise<void> = Promise.resolve();
  #state: "open" | "closed" | "committed" = "open";

  constructor(name: string, file: number, path: string, ports: WriterPorts) {
    this.name = name;
    this.#file = file;
    this.#path = path;
    this.#ports = ports;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(...pieces: readonly Uint8Array[]): Promise<void> {
    needs(this.#state === "open", "an ended blob is not written");
    const bytes = this.#count(pieces);
    if (bytes >= GATHER_BYTES / 4) await this.#writeOut(pieces);
    else await this.#gather(pieces, bytes);
    const mustFlush = this.#ports.write === undefined && this.#unflushedBytes >= EARLY_FLUSH_BYTES;
    if (mustFlush && !isFlushingEarly) this.#flushEarly();
  }

  #count(pieces: readonly Uint8Array[]): number {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#bytes += bytes;
    this.#unflushedBytes += bytes;
    return bytes;
  }

  async #gather(pieces: readonly Uint8Array[], bytes: number): Promise<void> {
    for (const piece of pieces) this.#gathered.push(Buffer.from(piece));
    this.#gatheredBytes += bytes;
    if (this.#gatheredBytes >= GATHER_BYTES) await this.#writeOut();
  }

  async commit(...last: readonly Uint8Array[]): Promise<void> {
    needs(this.#state === "open", "an ended blob is not committed");
    this.#count(last);
    try {
      await this.#flushBoth(last);
      this.#close();
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
    this.#state = "committed";
  }

  async abort(): Promise<void> {
    needs(this.#state !== "committed", "a committed blob is removed, not aborted");
    this.#gathered = [];
    await this.#flushed.catch(() => {}); // it goes anyway, but not while it is flushed: its descriptor would be another's
    this.#close();
    await removeFile(this.#path);
  }

  /** Bytes and name together: a file system writes its journal once for both. Neither is left running by the other's failure. */
  async #flushBoth(last: readonly Uint8Array[]): Promise<void> {
    const written = this.#writeOut(last, AFTER_WRITE.flush);
    const flushed = await Promise.allSettled([this.#flushed, written, this.#ports.flushName()]);
    for (const each of flushed) if (each.status === "rejected") throw each.reason;
  }

  #close(): void {
    if (this.#state !== "open") return;
    this.#state = "closed";
    closeSync(this.#file); // it is flushed, or goes: nothing is left to wait for
  }

  async #writeOut(last: readonly Uint8Array[] = [], after: AfterWrite = AFTER_WRITE.begin): Promise<void> {
    const pieces: Uint8Array[] = [...this.#gathered, ...last];
    this.#gathered = [];
    this.#gatheredBytes = 0;
    try {
      await writeWhole(this.#file, pieces, after, this.#ports.makeRoom, this.#ports.write);
    } catch (thrown) {
      throw translateDiskError(thrown);
    }
  }

  #flushEarly(): void {
    isFlushingEarly = true;
    this.#unflushedBytes = 0;
    this.#flushed = this.#flushed
      .then(() => flushFile(this.#file))
      .finally(() => {
        isFlushingEarly = false;
      });
    this.#flushed.catch(() => {}); // told by commit
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
      const { bytesRead } = await readFile(this.#file, into, done, into.length - done, position + done).catch(
        (thrown: unknown) => {
          throw unreadable(thrown);
        },
      );
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

const unopened = (name: string, thrown: unknown) =>
  codeOf(thrown) === "ENOENT" ? new BlobMissing(`no blob ${name}`) : translateDiskError(thrown);

/** A sector that the disk cannot give back any more is damage too. */
const unreadable = (thrown: unknown) =>
  codeOf(thrown) === "EIO" ? new StoreDamaged("the disk cannot read a blob", { cause: thrown }) : thrown;

/** Where the names after that one begin. */
function firstAfter(names: readonly string[], after: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? "") <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT") throw translateDiskError(thrown);
  }
}
