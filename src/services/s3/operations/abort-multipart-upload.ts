import { s3Audit } from "../audit.js";
import { errors } from "../errors.js";
import { removeBlobs } from "../object.js";
import { objectCheck } from "../policy.js";
import { operation } from "../ports.js";
import { deletePieces, deleteUpload } from "../store/index.js";
import { findUpload, getUpload } from "../upload.js";

export const abortMultipartUpload = operation("AbortMultipartUpload", {
  category: "Data",
  audit: s3Audit,
  target: (ctx, input, ports) => findUpload(ctx, ports, input),
  checks: (_ctx, _input, { bucket, key }, ports) => [objectCheck(ports, bucket, key, "AbortMultipartUpload")],
  run: async (ctx, _input, { target }, ports) => {
    const upload = getUpload(target);
    const freed = await ctx.commit(ports.database, async (tx) => {
      if (!(await deleteUpload(tx, upload.id))) throw errors.noSuchUpload(upload.id);
      return deletePieces(tx, upload.id);
    });
    await removeBlobs(ports, freed);
    return {};
  },
});
