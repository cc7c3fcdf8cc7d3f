import type { WriteTx } from "../../../store/index.js";
import { errors } from "../errors.js";
import { removeBlobs } from "../object.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { deletePieces, deleteBucket as deleteRow, deleteUpload, hasObjects, uploadIdsOf } from "../store/index.js";
import { versioningOf } from "../versioning.js";

export const deleteBucket = operation("DeleteBucket", {
  ...onBucket("DeleteBucket"),
  run: async (ctx, _input, { target: bucket }, ports) => {
    const freed = await ctx.commit(ports.database, async (tx) => {
      if (await hasObjects(tx, bucket.id)) throw errors.bucketNotEmpty(bucket.name, versioningOf(bucket) !== undefined);
      const blobs = await dropUploads(tx, bucket.id);
      await deleteRow(tx, bucket.id);
      return blobs;
    });
    await removeBlobs(ports, freed);
    return {};
  },
});

/** Unfinished uploads do not keep a bucket: they go with it. */
async function dropUploads(tx: WriteTx, bucketId: string): Promise<string[]> {
  const blobs: string[] = [];
  for (let ids = await uploadIdsOf(tx, bucketId); ids.length > 0; ids = await uploadIdsOf(tx, bucketId)) {
    for (const id of ids) {
      blobs.push(...(await deletePieces(tx, id)));
      await deleteUpload(tx, id);
    }
  }
  return blobs;
}
