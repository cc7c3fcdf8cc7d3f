import { AwsError } from "../../../base/index.js";
import { accountCheck, refuseSealing } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { refuseRecipient } from "../key-target.js";
import { operation } from "../operation.js";

export const generateRandom = operation("GenerateRandom", {
  readOnly: true,
  target: (_ctx, { NumberOfBytes: bytes }) => {
    if (bytes === undefined) throw new AwsError("ValidationException", "NumberOfBytes is required.");
    return bytes;
  },
  checks: (ctx) => [accountCheck(ctx, "kms:GenerateRandom")],
  run: async (_ctx, input, ok, kms) => {
    refuseRecipient(input.Recipient, "UnsupportedOperationException");
    // There are no custom key stores in this house, so whichever is named is not found.
    if (input.CustomKeyStoreId !== undefined) throw new AwsError("CustomKeyStoreNotFoundException");
    return { Plaintext: await kms.keyStore.randomBytes(ok.target).catch(refuseSealing) };
  },
  audit: ASKED,
});
