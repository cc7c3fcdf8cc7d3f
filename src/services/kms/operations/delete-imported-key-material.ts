import { deleteMaterial, refuseUnlessErasable } from "../../../kms/index.js";
import { ASKED_AND_KEY } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:DeleteImportedKeyMaterial";

export const deleteImportedKeyMaterial = operation("DeleteImportedKeyMaterial", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, input, ok, kms) => {
    const { key } = ok.target;
    refuseUnlessErasable(key);
    const commit = <T>(unit: Parameters<typeof ctx.commit<T>>[1]) => ctx.commit(kms.database, unit);
    const id = await deleteMaterial(kms, key, input.KeyMaterialId, ctx.clock.now(), commit);
    const shows = id !== undefined && key.spec === "SYMMETRIC_DEFAULT";
    return { KeyId: key.arn, ...(shows ? { KeyMaterialId: id } : {}) };
  },
  audit: ASKED_AND_KEY,
});
