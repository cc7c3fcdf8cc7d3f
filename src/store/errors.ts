/** The disk takes no more. Nothing of what was asked is kept; reads still work. */
export class StoreFull extends Error {
  override readonly name = "StoreFull";
}

/** The disk refuses to write (read-only, gone, a failed flush). Nothing of what was asked is acknowledged. */
export class StoreUnwritable extends Error {
  override readonly name = "StoreUnwritable";
}

/** The store of the blobs is on another machine and does not answer, or answers that it cannot. Asking again may help. */
export class StoreAway extends Error {
  override readonly name = "StoreAway";
}

/** What is stored is not what was stored: a changed bit, a cut file, a wrong key. Never answered with data. */
export class StoreDamaged extends Error {
  override readonly name = "StoreDamaged";
}

/** Another process kept the write lock for longer than anyone may. */
export class StoreBusy extends Error {
  override readonly name = "StoreBusy";
}

/** Another live server uses this data folder. */
export class FolderInUse extends Error {
  override readonly name = "FolderInUse";
}

export function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error) || !("code" in thrown)) return "";
  return typeof thrown.code === "string" ? thrown.code : "";
}

const FULL = new Set(["SQLITE_FULL", "ENOSPC", "EDQUOT", "EFBIG"]);
const DAMAGED = new Set(["SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_FORMAT"]);
const UNWRITABLE = new Set(["EROFS", "EACCES", "EPERM", "EIO", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN"]);

/** The disk's troubles in the store's words; everything else is handed back as it is. */
export function translateDiskError(thrown: unknown): unknown {
  const code = codeOf(thrown);
  if (FULL.has(code)) return new StoreFull("the disk is full", { cause: thrown });
  if (DAMAGED.has(code) || code.startsWith("SQLITE_CORRUPT")) {
    return new StoreDamaged("stored data is damaged or the key is wrong", { cause: thrown });
  }
  if (UNWRITABLE.has(code) || /^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code)) {
    return new StoreUnwritable(`the disk refuses (${code})`, { cause: thrown });
  }
  return thrown;
}
