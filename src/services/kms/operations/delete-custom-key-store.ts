import { accountCheck, deleteStore } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { operation } from "../operation.js";
import { showStore, storeRef } from "../store-input.js";

const name = "DeleteCustomKeyStore";

/** The cluster, the proxy and what they hold stay untouched. */
export const deleteCustomKeyStore = operation(name, {
  checks: (ctx) => [accountCheck(ctx, `kms:${name}`)],
  run: async (ctx, input, _ok, kms) => {
    const ref = storeRef(ctx, input.CustomKeyStoreId);
    const store = await ctx.commit(kms.database, (tx) => deleteStore(tx, ref));
    kms.customStores.letGo(ref);
    showStore(ctx, store);
    return {};
  },
  audit: ASKED,
});
