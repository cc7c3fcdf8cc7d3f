import type { StoredObject } from "./index.js";

/** An object of bucket `b` without a byte. */
export const emptyObject = (key: string, versionId: string, bodyId: string, modifiedMs: number): StoredObject => ({
  bucketId: "b",
  key,
  versionId,
  bodyId,
  bytes: 0,
  etag: "e",
  modifiedMs,
  parts: 0,
  headers: { contentType: "", storageClass: "STANDARD", metadata: {} },
  tags: [],
  checksum: { algorithm: "CRC32", type: "FULL_OBJECT", value: "" },
  encryption: { mode: "AES256" },
  dataKey: Buffer.alloc(0),
});
