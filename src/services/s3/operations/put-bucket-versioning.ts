import { AwsError } from "../../../base/index.js";
import { errors } from "../errors.js";
import { LIFECYCLE } from "../lifecycle/configuration.js";
import { hasMfaDelete, MFA_DELETE, needsRootCode, noCode, notBesideLifecycle } from "../mfa-delete.js";
import { OBJECT_LOCK } from "../object-lock.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { putSetting, settingNow } from "../store/index.js";
import { VERSIONING } from "../versioning.js";

/**
 * Versioning is turned on or suspended; it never goes back to never having been on. With MFA delete, and to turn that
 * on, only the root changes anything here, with a code of its device.
 */
export const putBucketVersioning = operation("PutBucketVersioning", {
  ...onBucket("PutBucketVersioning"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const { Status: status, MFADelete: mfaDelete } = input.VersioningConfiguration;
    if (status === undefined && mfaDelete === undefined) throw noStatus();
    if (status !== undefined && status !== "Enabled" && status !== "Suspended") throw errors.malformedXml();
    if (mfaDelete !== undefined && mfaDelete !== "Enabled" && mfaDelete !== "Disabled") throw errors.malformedXml();
    const turnsOn = mfaDelete === "Enabled";
    if (status === undefined && turnsOn) throw noStatus();
    if (turnsOn && bucket.settings.has(LIFECYCLE)) throw notBesideLifecycle();
    if (turnsOn || hasMfaDelete(bucket)) await needsRootCode(ctx, ports, bucket, input.MFA);
    await ctx.commit(ports.database, async (tx) => {
      const { gone, value: lock } = await settingNow(tx, bucket.id, OBJECT_LOCK);
      if (gone) throw errors.noSuchBucket(bucket.name);
      if (lock !== undefined && status === "Suspended") throw keptByLock();
      if (status !== undefined) await putSetting(tx, bucket.id, VERSIONING, status);
      const { value: mfaBefore } = await settingNow(tx, bucket.id, MFA_DELETE);
      // It may have been turned on since the code was asked for.
      if (mfaBefore === "Enabled" && !hasMfaDelete(bucket)) throw noCode();
      if (turnsOn && (await settingNow(tx, bucket.id, LIFECYCLE)).value !== undefined) throw notBesideLifecycle();
      if (turnsOn || (mfaDelete !== undefined && mfaBefore !== undefined))
        await putSetting(tx, bucket.id, MFA_DELETE, mfaDelete);
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
