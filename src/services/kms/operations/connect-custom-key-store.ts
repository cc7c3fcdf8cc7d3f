import {
  accountCheck,
  beginConnecting,
  changeStore,
  finishConnecting,
  refuseConnection,
  storeUse,
} from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { operation } from "../operation.js";
import { showStore, storeRef } from "../store-input.js";

const name = "ConnectCustomKeyStore";

/** Answers at once; how the connection ended is told by DescribeCustomKeyStores (kms K-4). */
export const connectCustomKeyStore = operation(name, {
  checks: (ctx) => [accountCheck(ctx, `kms:${name}`)],
  run: async (ctx, input, _ok, kms) => {
    const ref = storeRef(ctx, input.CustomKeyStoreId);
    await refuseConnection(kms, ref);
    const store = await ctx.commit(kms.database, (tx) =>
      changeStore(tx, ref, (current) => beginConnecting(current, ctx.clock.now())),
    );
    showStore(ctx, store);
    if (store.state === "CONNECTING") void finishConnecting(kms, store, storeUse(ctx, name));
    return {};
  },
  audit: ASKED,
});
