/**
 * Rows and blobs on disk: the `Database` port (sealed SQLite) and the `Blobs` port (files of ciphertext).
 * It never interprets what it stores. Every room above keeps its state through it.
 */
export * from "./blobs.js";
export * from "./database.js";
export { openDiskBlobs } from "./disk-blobs.js";
export { flushFolder, removeFile, replaceFile, writeWhole } from "./durable-file.js";
export * from "./errors.js";
export { type FolderLock, lockFolder } from "./folder-lock.js";
export { type MoveProgress, moveBlobs } from "./move-blobs.js";
export { openRemoteBlobs } from "./remote-blobs.js";
export type { RemotePlace, RemoteSignable } from "./remote-store.js";
export { openSqlite, type SqliteDatabase, type SqliteOptions } from "./sqlite.js";
export type { LentKey } from "./sqlite-connection.js";
export type { WriteOut } from "./write-out.js";
