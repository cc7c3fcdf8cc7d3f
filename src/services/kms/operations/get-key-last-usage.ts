import { ASKED } from "../audit.js";
import { askKey, ownKey } from "../key-target.js";
import { operation } from "../operation.js";

const action = "kms:GetKeyLastUsage";

export const getKeyLastUsage = operation("GetKeyLastUsage", {
  target: (ctx, input, kms) => ownKey(kms, ctx, input.KeyId, action),
  checks: (ctx, _input, loaded, kms) => askKey(kms, ctx, loaded, { action }),
  run: async (_ctx, _input, ok, kms) => {
    const { key } = ok.target;
    const use = await kms.usage.lastUse(key);
    const last = use && {
      Operation: use.operation as "Encrypt", // one of the names that `used` is called with, all of them in the model
      Timestamp: new Date(use.atMs),
      KmsRequestId: use.requestId,
      ...(use.eventId === undefined ? {} : { CloudTrailEventId: use.eventId }),
    };
    return {
      KeyId: key.arn,
      KeyLastUsage: last ?? {},
      TrackingStartDate: key.createdAt,
      KeyCreationDate: key.createdAt,
    };
  },
  audit: ASKED,
});
