import { accountCheck, createStore, newStoreRef, storeUse } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { operation } from "../operation.js";
import { showStore, storeSettings } from "../store-input.js";

const name = "CreateCustomKeyStore";

export const createCustomKeyStore = operation(name, {
  target: (ctx, input, kms) =>
    storeSettings(input, newStoreRef(kms, { account: ctx.caller.account, region: ctx.region })),
  checks: (ctx) => [accountCheck(ctx, `kms:${name}`)],
  run: async (ctx, input, ok, kms) => {
    const commit = <T>(unit: Parameters<typeof kms.database.write<T>>[0]) => ctx.commit(kms.database, unit);
    const store = await createStore(kms, input.CustomKeyStoreName, ok.target, storeUse(ctx, name), commit);
    showStore(ctx, store);
    return { CustomKeyStoreId: store.id };
  },
  audit: { ...ASKED, response: ({ CustomKeyStoreId }) => ({ customKeyStoreId: CustomKeyStoreId }) },
});
