/**
 * The stored formats, each with a version byte, a page in docs/formats/ and golden files.
 * They never choose keys and never take a nonce. `crypto`'s door offers them to every room above.
 */
export {
  type BlobHeader,
  type BlobKey,
  type BlobParts,
  blobKey,
  describeBlob,
  joinBlob,
  MOST_BLOB_BYTES,
  openBlob,
  sealBlob,
  splitBlob,
} from "./ciphertext-blob.js";
export { canonicalContext } from "./context.js";
export { SEALED_RECORD_OVERHEAD, SealingKey, type SealMark, sealMark } from "./sealed-record.js";
export {
  SEALED_SEGMENT_BYTES,
  SEGMENT_BYTES,
  type SegmentRange,
  STREAM_HEADER_BYTES,
  sealedStreamBytes,
  segmentCount,
  segmentRange,
} from "./segment-layout.js";
export { SegmentOpener } from "./segment-opener.js";
export { SegmentSealer } from "./segment-sealer.js";
export { describeStoreBlob, makeStoreBlob, readStoreBlob, type StoreBlob, storeBlobHead } from "./store-blob.js";
export { STORED_MARK_BYTES, StoredMark } from "./stored-mark.js";
export { MOST_RUN_SEGMENTS, StreamReader } from "./stream-reader.js";
