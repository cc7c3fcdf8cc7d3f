import { errors } from "../errors.js";
import { LIFECYCLE, parseLifecycle } from "../lifecycle/configuration.js";
import { MFA_DELETE, noLifecycleUnderMfa } from "../mfa-delete.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { bucketStands, forgetRun, putSetting, settingNow } from "../store/index.js";

/** The rules take the place of all that were there. They act in the next run, on what is there already too. */
export const putBucketLifecycleConfiguration = operation("PutBucketLifecycleConfiguration", {
  ...onBucket("PutLifecycleConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const minimum = input.TransitionDefaultMinimumObjectSize;
    const lifecycle = parseLifecycle(ctx, input.LifecycleConfiguration?.Rules, minimum);
    await ctx.commit(ports.database, async (tx) => {
      if (!(await bucketStands(tx, bucket.id))) throw errors.noSuchBucket(bucket.name);
      if ((await settingNow(tx, bucket.id, MFA_DELETE)).value === "Enabled") throw noLifecycleUnderMfa();
      await putSetting(tx, bucket.id, LIFECYCLE, JSON.stringify(lifecycle));
      await forgetRun(tx, bucket.id);
    });
    return { TransitionDefaultMinimumObjectSize: lifecycle.minimumSize };
  },
});
