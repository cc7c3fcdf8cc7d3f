import { checkOrder, type ImportOrder, importMaterial } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:ImportKeyMaterial";

type Input = Parameters<Parameters<typeof operation<"ImportKeyMaterial", unknown>>[1]["run"]>[1];

export const importKeyMaterial = operation("ImportKeyMaterial", {
  target: (ctx, input, kms) => {
    checkOrder(orderOf(input), ctx.clock.now());
    return ownKey(kms, ctx, input.KeyId, action);
  },
  checks: (ctx, { ExpirationModel: model, ValidTo: validTo }, loaded, kms) => {
    const values = new Map<string, string>();
    if (model !== undefined) values.set("kms:expirationmodel", model);
    if (validTo !== undefined) values.set("kms:validto", String(validTo.getTime() / 1000));
    return askKey(kms, ctx, loaded, { action, values });
  },
  run: async (ctx, input, ok, kms) => {
    const { key } = ok.target;
    const commit = <T>(unit: Parameters<typeof ctx.commit<T>>[1]) => ctx.commit(kms.database, unit);
    const id = await importMaterial(kms, key, orderOf(input), ctx.clock.now(), commit);
    return { KeyId: key.arn, ...(key.spec === "SYMMETRIC_DEFAULT" ? { KeyMaterialId: id } : {}) };
  },
  audit: {
    ...ASKED,
    response: ({ KeyId, KeyMaterialId: keyMaterialId }) => ({
      keyId: KeyId,
      ...(keyMaterialId === undefined ? {} : { keyMaterialId }),
    }),
  },
});

const orderOf = (input: Input): ImportOrder => ({
  token: input.ImportToken,
  wrapped: input.EncryptedKeyMaterial,
  type: input.ImportType,
  materialId: input.KeyMaterialId,
  description: input.KeyMaterialDescription,
  expiration: input.ExpirationModel,
  validTo: input.ValidTo,
});
