import { AwsError } from "../../../base/index.js";
import { errors } from "../errors.js";
import { onBucket, saveSetting } from "../on-bucket.js";
import { operation } from "../ports.js";
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
    if (status !== undefined) await saveSetting(ctx, ports, bucket, VERSIONING, status);
    return {};
  },
});

const noStatus = () =>
  new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified", { status: 400 });
