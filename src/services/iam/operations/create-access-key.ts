import { directory, createAccessKey as makeAccessKey } from "../../../identity/index.js";
import { keyOwner } from "../access-keys.js";
import { exceeds } from "../errors.js";
import { operation } from "../ports.js";
import { QUOTAS } from "../quotas.js";
import { responseElements } from "../trail.js";

/** The secret is in this answer alone: it is never shown again, and never recorded. */
export const createAccessKey = operation("CreateAccessKey", {
  ...keyOwner("iam:CreateAccessKey"),
  run: (ctx, _input, ok, { database }) =>
    ctx.commit(database, async (tx) => {
      const owner = await ok.target.reread(tx);
      const most = QUOTAS.AccessKeysPerUser;
      if ((await directory.accessKeys(tx, owner.account, owner.userId)).length >= most)
        throw exceeds("AccessKeysPerUser", most);
      const key = await makeAccessKey(tx, owner, ctx);
      return {
        AccessKey: {
          UserName: owner.name,
          AccessKeyId: key.id,
          Status: key.status,
          SecretAccessKey: key.secret,
          CreateDate: key.createdAt,
        },
      };
    }),
  audit: {
    response: ({ AccessKey }) => {
      const { SecretAccessKey: _never, ...shown } = AccessKey ?? {};
      return responseElements({ AccessKey: shown });
    },
  },
});
