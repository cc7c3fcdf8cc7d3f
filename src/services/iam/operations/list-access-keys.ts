import { directory } from "../../../identity/index.js";
import { keyOwner } from "../access-keys.js";
import { pageOfList } from "../pages.js";
import { operation } from "../ports.js";

export const listAccessKeys = operation("ListAccessKeys", {
  ...keyOwner("iam:ListAccessKeys"),
  run: (_ctx, input, ok, { database }) =>
    database.read(async (tx) => {
      const owner = await ok.target.reread(tx);
      const keys = await directory.accessKeys(tx, owner.account, owner.userId);
      const scope = `access-keys:${owner.account}:${owner.userId}`;
      const { items, end } = pageOfList(scope, keys, input, ({ id, createdAt }) => `${createdAt.toISOString()} ${id}`);
      const shown = items.map(({ id, status, createdAt }) => ({
        UserName: owner.name,
        AccessKeyId: id,
        Status: status,
        CreateDate: createdAt,
      }));
      return { AccessKeyMetadata: shown, ...end };
    }),
});
