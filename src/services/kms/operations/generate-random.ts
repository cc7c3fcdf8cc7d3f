import { AwsError } from "../../../base/index.js";
import { accountCheck, randomBytesOf, refuseSealing } from "../../../kms/index.js";
import { ASKED } from "../audit.js";
import { refuseRecipient } from "../key-target.js";
import { operation } from "../operation.js";
import { storeRef } from "../store-input.js";

export const generateRandom = operation("GenerateRandom", {
  readOnly: true,
  target: (_ctx, { NumberOfBytes: bytes }) => {
    if (bytes === undefined) throw new AwsError("ValidationException", "NumberOfBytes is required.");
    return bytes;
  },
  checks: (ctx) => [accountCheck(ctx, "kms:GenerateRandom")],
  run: async (ctx, input, ok, kms) => {
    refuseRecipient(input.Recipient, "UnsupportedOperationException");
    const { CustomKeyStoreId: id } = input;
    if (id !== undefined) return { Plaintext: await randomBytesOf(kms, storeRef(ctx, id), ok.target) };
    return { Plaintext: await kms.keyStore.randomBytes(ok.target).catch(refuseSealing) };
  },
  audit: ASKED,
});
