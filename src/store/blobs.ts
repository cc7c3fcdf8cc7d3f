/**
 * Sealed bodies too big for a row. A blob is written under a fresh name, committed, and only then named by a row; what
 * no row names after a while is swept. Bytes are opaque: whoever writes them has sealed them.
 */
export interface Blobs {
  /**
   * `makeRoom` is asked when the disk is full, before a write fails of it: true when something was removed, and the write
   * goes on. A store that is elsewhere never asks.
   */
  create(makeRoom?: () => Promise<boolean>): Promise<BlobWriter>;
  /**
   * Under a name that another store gave, in the place of what was begun under it: whoever looks finds it whole, or not at
   * all, wherever this process is killed.
   */
  createNamed(name: string): Promise<BlobWriter>;
  /** Throws BlobMissing. */
  open(name: string): Promise<BlobReader>;
  /** Where blobs are files of this machine: for one who opens and reads one by himself. It need not be there. */
  fileOf?(name: string): BlobFile;
  /** Succeeds if it is already gone. Readers that have it open keep reading. */
  remove(name: string): Promise<void>;
  /** Names after `after` in order, uncommitted ones included where they are there already: for the sweeper. */
  list(after: string | undefined, limit: number): Promise<readonly string[]>;
  /** Undefined when it is not there. The sweeper asks, which spares the young. */
  describe(name: string): Promise<BlobEntry | undefined>;
  /** Ends what writers of before that time began and never ended, where a list does not show it. Gives how many. */
  abandonBefore(time: Date): Promise<number>;
  /** Resolves when every name that is there now is on the disk, whoever put it there. */
  flushNames(): Promise<void>;
  /** Lets go of connections, which would keep a command from ending. */
  close(): void;
}

export interface BlobFile {
  readonly path: string;
  /** What the system says of opening and reading it, as `open` and `read` tell it. */
  told(thrown: unknown): unknown;
}

export interface BlobEntry {
  readonly bytes: number;
  /** When it was last written to. */
  readonly modifiedAt: Date;
}

export interface BlobWriter {
  /** 32 hex digits, never used before. */
  readonly name: string;
  /** Bytes written so far. */
  readonly bytes: number;
  /**
   * Appends the pieces in their order. They are the caller's again once this resolves; await it before the next one, that
   * is the backpressure. Throws StoreFull or StoreUnwritable; the blob is then good for `abort` only.
   */
  write(...pieces: readonly Uint8Array[]): Promise<void>;
  /** Appends the pieces as `write` does; resolves when all bytes and the name are on the disk. */
  commit(...last: readonly Uint8Array[]): Promise<void>;
  /** Removes what was written. Harmless after `commit` failed, and twice; not allowed after it succeeded. */
  abort(): Promise<void>;
}

export interface BlobReader {
  readonly bytes: number;
  /** Fills `into` from `position` on. Throws StoreDamaged when the blob ends before that. */
  read(position: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export class BlobMissing extends Error {
  override readonly name = "BlobMissing";
}
