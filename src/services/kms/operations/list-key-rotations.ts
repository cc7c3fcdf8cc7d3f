import { type Imported, type Key, type KeyMaterial, keyRows, refuseUnlessRotationKnown } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";

const action = "kms:ListKeyRotations";

/** Completed rotations, oldest first; with ALL_KEY_MATERIAL the material that the key was born with, too (kms R-12). */
export const listKeyRotations = operation("ListKeyRotations", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (ctx, input, ok, kms) => {
    const { key } = ok.target;
    refuseUnlessRotationKnown(key);
    const shows = input.IncludeKeyMaterial ?? "ROTATIONS_ONLY";
    const scope = listScope(ctx, `ListKeyRotations ${shows}`, input, { usual: 100, most: 1000, of: key.id });
    const materials = await kms.database.read((tx) => keyRows.materialsOf(tx, key));
    const listed = materials.filter(({ rotated }) => rotated !== undefined || shows === "ALL_KEY_MATERIAL");
    // After the last page's material: an unknown one is found nowhere, and then the list starts at its beginning.
    const from = listed.findIndex(({ id }) => id === scope.after) + 1;
    const page = listPage(listed.slice(from, from + scope.limit + 1), scope, ({ id }) => id);
    return { Rotations: page.items.map((material) => entry(key, material)), ...pageMembers(page) };
  },
  audit: ASKED,
});

const entry = (key: Key, { id, state, rotated, imported }: KeyMaterial) => ({
  KeyId: key.arn,
  KeyMaterialId: id,
  KeyMaterialState: state,
  ...(imported === undefined ? {} : importMembers(imported)),
  ...(rotated === undefined ? {} : { RotationDate: rotated.at, RotationType: rotated.type }),
});

/** Of material that is not here only its description is left (kms I-15). */
function importMembers({ isHere, description, validTo }: Imported) {
  const described = description === undefined ? {} : { KeyMaterialDescription: description };
  if (!isHere) return { ImportState: "PENDING_IMPORT" as const, ...described };
  const expires = validTo !== undefined;
  return {
    ImportState: "IMPORTED" as const,
    ...described,
    ExpirationModel: expires ? ("KEY_MATERIAL_EXPIRES" as const) : ("KEY_MATERIAL_DOES_NOT_EXPIRE" as const),
    ...(expires ? { ValidTo: validTo } : {}),
  };
}
