import { accountCheck, storeUse, updateStore } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { operation } from "../operation.js";
import { showStore, storeChange, storeRef } from "../store-input.js";

const name = "UpdateCustomKeyStore";

export const updateCustomKeyStore = operation(name, {
  checks: (ctx) => [accountCheck(ctx, `kms:${name}`)],
  run: async (ctx, input, _ok, kms) => {
    const commit = <T>(unit: Parameters<typeof kms.database.write<T>>[0]) => ctx.commit(kms.database, unit);
    const ref = storeRef(ctx, input.CustomKeyStoreId);
    showStore(ctx, await updateStore(kms, ref, storeChange(input), storeUse(ctx, name), commit));
    return {};
  },
  audit: ASKED,
});
