import { AwsError } from "../../../base/index.js";
import { accountCheck, type CustomKeyStore, noSuchStore, storeRows } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { listPage, listScope, pageMembers } from "../lists.js";
import { operation } from "../operation.js";
import { storeEntry } from "../store-input.js";

const name = "DescribeCustomKeyStores";

export const describeCustomKeyStores = operation(name, {
  target: (_ctx, { CustomKeyStoreId, CustomKeyStoreName }) => {
    if (CustomKeyStoreId === undefined || CustomKeyStoreName === undefined) return;
    throw new AwsError("ValidationException", "Specify either CustomKeyStoreId or CustomKeyStoreName, not both.");
  },
  checks: (ctx) => [accountCheck(ctx, `kms:${name}`)],
  run: async (ctx, input, _ok, kms) => {
    const { CustomKeyStoreId: id, CustomKeyStoreName: called } = input;
    const scope = listScope(ctx, name, input, { usual: 100, most: 1000, of: id ?? called ?? "" });
    const all = await kms.database.read((tx) => storeRows.storesIn(tx, ctx.caller.account, ctx.region));
    const found = all.filter(isAsked(id, called));
    if (found.length === 0 && (id !== undefined || called !== undefined)) throw noSuchStore();
    const rest = found.filter((store) => store.id > scope.after).slice(0, scope.limit + 1);
    const page = listPage(rest, scope, (store) => store.id);
    return { CustomKeyStores: page.items.map(storeEntry), ...pageMembers(page) };
  },
  audit: ASKED,
});

const isAsked = (id: string | undefined, called: string | undefined) => (store: CustomKeyStore) =>
  (id === undefined || store.id === id) && (called === undefined || store.name === called);
