import { hasMfaDelete, MFA_DELETE } from "../mfa-delete.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { versioningOf } from "../versioning.js";

/** Empty while it was never turned on. */
export const getBucketVersioning = operation("GetBucketVersioning", {
  ...onBucket("GetBucketVersioning"),
  run: async (_ctx, _input, { target: bucket }) => {
    const Status = versioningOf(bucket);
    const mfaDelete = bucket.settings.get(MFA_DELETE);
    return {
      ...(Status === undefined ? {} : { Status }),
      ...(mfaDelete === undefined
        ? {}
        : { MFADelete: hasMfaDelete(bucket) ? ("Enabled" as const) : ("Disabled" as const) }),
    };
  },
});
