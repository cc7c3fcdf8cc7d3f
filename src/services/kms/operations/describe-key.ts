import { aliasName, checkGrantTokens, findKey, keyMetadata } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, shown } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:DescribeKey";

/** The one operation by which a user, too, brings an AWS managed key into being: by its predefined alias. */
export const describeKey = operation("DescribeKey", {
  target: async (ctx, input, kms) => {
    const search = { action, badArn: "InvalidArnException", makesManaged: true } as const;
    const loaded = shown(ctx, await findKey(kms, ctx, input.KeyId, search));
    await checkGrantTokens(kms, input.GrantTokens, [loaded]);
    return loaded;
  },
  checks: (ctx, input, loaded, kms) => askKey(kms, ctx, loaded, { action, requestAlias: aliasName(input.KeyId) }),
  run: async (_ctx, _input, ok) => ({ KeyMetadata: keyMetadata(ok.target.key) }),
  audit: ASKED,
});
