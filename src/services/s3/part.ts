import type { RequestContext } from "../../kit/index.js";
import type { ExpectedChecksum } from "./checksums.js";
import type { CustomerKey } from "./customer-key.js";
import { etagIsMd5 } from "./encryption.js";
import { errors } from "./errors.js";
import { commitOrForget, newPiece, ownerOf, removeBlobs } from "./object.js";
import { openPartKey } from "./part-key.js";
import { type PlaintextSource, type WrittenPiece, writePiece } from "./piece-writer.js";
import type { S3Ports } from "./ports.js";
import { type Bucket, type Piece, replacePiece, selectUpload, type Upload } from "./store/index.js";

export interface StoredPart {
  readonly piece: Piece;
  readonly written: WrittenPiece;
}

/** Seals a part under the upload's data key and names it, in the place of an earlier one of its number. */
export async function storePart(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  upload: Upload,
  part: {
    readonly number: number;
    readonly source: PlaintextSource;
    readonly contentMd5: string | undefined;
    readonly expected: ExpectedChecksum | undefined;
    readonly customerKey: CustomerKey | undefined;
  },
): Promise<StoredPart> {
  const key = await openPartKey(ctx, ports, bucket, upload, part.customerKey);
  const named = newPiece(ctx, upload.id, part.number);
  const { algorithm } = upload.checksum;
  const written = await writePiece(ports, key, ownerOf(bucket, upload.key, named), part.source, {
    contentMd5: part.contentMd5,
    md5Told: "base64",
    expected: part.expected,
    algorithm,
    wantsMd5: etagIsMd5(upload.encryption),
  });
  const piece: Piece = {
    ...named,
    bytes: written.bytes,
    etag: etagIsMd5(upload.encryption) && written.md5 ? written.md5 : ctx.ids.hex(32),
    modifiedMs: ctx.clock.nowMs(),
    checksum: { algorithm, value: written.checksum },
    blob: written.blob,
    mark: written.mark,
    layers: written.layers,
  };
  const freed = await commitOrForget(ctx, ports, [written.blob], async (tx) => {
    // It may have been completed or aborted while the part was on its way.
    if (!(await selectUpload(tx, upload.id))) throw errors.noSuchUpload(upload.id);
    return replacePiece(tx, piece, written.sealed);
  });
  await removeBlobs(ports, freed);
  return { piece, written };
}
