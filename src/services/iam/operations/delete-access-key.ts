import { directory } from "../../../identity/index.js";
import { keyOwner, ownKey } from "../access-keys.js";
import { operation } from "../ports.js";

export const deleteAccessKey = operation("DeleteAccessKey", {
  ...keyOwner("iam:DeleteAccessKey"),
  run: (ctx, input, ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const key = await ownKey(tx, await ok.target.reread(tx), input.AccessKeyId);
      await directory.deleteAccessKey(tx, key.id);
      return {};
    }),
});
