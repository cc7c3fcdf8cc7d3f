import { accountCheck, changeStore, disconnected } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { operation } from "../operation.js";
import { showStore, storeRef } from "../store-input.js";

const name = "DisconnectCustomKeyStore";

/** From the commit on, every process finds the store's keys unavailable. */
export const disconnectCustomKeyStore = operation(name, {
  checks: (ctx) => [accountCheck(ctx, `kms:${name}`)],
  run: async (ctx, input, _ok, kms) => {
    const ref = storeRef(ctx, input.CustomKeyStoreId);
    const store = await ctx.commit(kms.database, (tx) =>
      changeStore(tx, ref, (current) => disconnected(current, ctx.clock.now())),
    );
    kms.customStores.letGo(ref);
    showStore(ctx, store);
    return {};
  },
  audit: ASKED,
});
