import { aliasName, publicKeyMembers } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { askKey, cryptoKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GetPublicKey";

export const getPublicKey = operation("GetPublicKey", {
  target: (ctx, input, kms) => cryptoKey(kms, ctx, input.KeyId, action, input.GrantTokens, "InvalidArnException"),
  checks: (ctx, input, loaded, kms) => askKey(kms, ctx, loaded, { action, requestAlias: aliasName(input.KeyId) }),
  run: async (_ctx, _input, ok) => publicKeyMembers(ok.target),
  audit: ASKED,
});
