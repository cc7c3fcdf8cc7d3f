import type { RequestContext } from "../../../kit/index.js";
import type { ChecksumAlgorithm, ExpectedChecksum } from "../checksums.js";
import { newDataKey } from "../data-key.js";
import { type EncryptionPlan, etagIsMd5 } from "../encryption.js";
import { newBodyId, newPiece, ownerOf } from "../object.js";
import { type PlaintextSource, writePiece } from "../piece-writer.js";
import type { S3Ports } from "../ports.js";
import type { Bucket, NewAnnotation } from "../store/index.js";

export interface AnnotationChecks {
  readonly contentMd5?: string | undefined;
  readonly expected?: ExpectedChecksum | undefined;
  readonly algorithm: ChecksumAlgorithm;
}

/** Seals a text under a fresh data key of its parent's encryption. It is nobody's until it is put beside that parent. */
export async function writeAnnotation(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  parent: { readonly key: string; readonly bodyId: string; readonly plan: EncryptionPlan },
  name: string,
  text: PlaintextSource,
  { contentMd5, expected, algorithm }: AnnotationChecks,
): Promise<NewAnnotation> {
  const { key } = parent;
  const dataKey = await newDataKey(ctx, ports, bucket, key, parent.plan);
  const { encryption } = dataKey;
  const piece = newPiece(ctx, newBodyId(ctx), 0);
  const owner = ownerOf(bucket, key, piece, { parentId: parent.bodyId, name });
  const written = await writePiece(ports, dataKey.key, owner, text, {
    contentMd5,
    md5Told: "hex",
    expected,
    algorithm,
    wantsMd5: etagIsMd5(encryption),
  });
  return {
    parentId: parent.bodyId,
    bucketId: bucket.id,
    key,
    name,
    bodyId: piece.bodyId,
    encryption,
    dataKey: dataKey.wrapped,
    piece: {
      ...piece,
      bytes: written.bytes,
      etag: etagIsMd5(encryption) && written.md5 ? written.md5 : ctx.ids.hex(32),
      modifiedMs: ctx.clock.nowMs(),
      checksum: { algorithm, value: written.checksum },
      blob: written.blob,
      mark: written.mark,
      layers: written.layers,
    },
    sealed: written.sealed,
  };
}
