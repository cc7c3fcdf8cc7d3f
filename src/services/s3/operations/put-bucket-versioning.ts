import { AwsError } from "../../../base/index.js";
import { errors } from "../errors.js";
import { OBJECT_LOCK } from "../object-lock.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { putSetting, settingNow } from "../store/index.js";
import { VERSIONING } from "../versioning.js";

/** Versioning is turned on or suspended; it never goes back to never having been on. */
export const putBucketVersioning = operation("PutBucketVersioning", {
  ...onBucket("PutBucketVersioning"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const { Status: status, MFADelete: mfaDelete } = input.VersioningConfiguration;
    if (status === undefined && mfaDelete === undefined) throw noStatus();
    if (status !== undefined && status !== "Enabled" && status !== "Suspended") throw errors.malformedXml();
    if (mfaDelete !== undefined && mfaDelete !== "Enabled" && mfaDelete !== "Disabled") throw errors.malformedXml();
    if (mfaDelete === "Enabled") throw errors.notImplemented("MFA delete is not implemented here.");
    if (status === undefined) return {};
    await ctx.commit(ports.database, async (tx) => {
      const { gone, value } = await settingNow(tx, bucket.id, OBJECT_LOCK);
      if (gone) throw errors.noSuchBucket(bucket.name);
      if (value !== undefined && status === "Suspended") throw keptByLock();
      await putSetting(tx, bucket.id, VERSIONING, status);
    });
    return {};
  },
});

const keptByLock = () =>
  new AwsError(
    "InvalidBucketState",
    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    { status: 409 },
  );

const noStatus = () =>
  new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified", { status: 400 });
