import { errors } from "../errors.js";
import { lockConfiguration } from "../object-lock.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getObjectLockConfiguration = operation("GetObjectLockConfiguration", {
  ...onBucket("GetBucketObjectLockConfiguration"),
  run: async (_ctx, _input, { target: bucket }) => {
    const configuration = lockConfiguration(bucket);
    if (!configuration) {
      throw errors.notConfigured(
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
        bucket.name,
      );
    }
    const { rule } = configuration;
    const period = rule?.days === undefined ? { Years: rule?.years } : { Days: rule.days };
    return {
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled" as const,
        ...(rule ? { Rule: { DefaultRetention: { Mode: rule.mode, ...period } } } : {}),
      },
    };
  },
});
