import { directory } from "../../../identity/index.js";
import { keyOwner, ownKey } from "../access-keys.js";
import { validationError } from "../errors.js";
import { operation } from "../ports.js";

export const updateAccessKey = operation("UpdateAccessKey", {
  ...keyOwner("iam:UpdateAccessKey"),
  run: (ctx, input, ok, { database }) => {
    const { Status: status } = input;
    if (status !== "Active" && status !== "Inactive") throw validationError("Status must be Active or Inactive.");
    return ctx.commit(database, async (tx) => {
      const key = await ownKey(tx, await ok.target.reread(tx), input.AccessKeyId);
      await directory.setAccessKeyStatus(tx, key.id, status);
      return {};
    });
  },
});
