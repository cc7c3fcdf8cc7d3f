import { AwsError } from "../../../base/index.js";
import { errors } from "../errors.js";
import { type DefaultRetention, isLockMode, type LockConfiguration, OBJECT_LOCK } from "../object-lock.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";
import { putSetting } from "../store/index.js";
import { versioningNow } from "../versioning.js";

const MOST_DAYS = 36_500;
const MOST_YEARS = 100;

/** Turns Object Lock on, once and for all, and sets or removes the default retention of new versions. */
export const putObjectLockConfiguration = operation("PutObjectLockConfiguration", {
  ...onBucket("PutBucketObjectLockConfiguration"),
  run: async (ctx, input, { target: bucket }, ports) => {
    await ctx.commit(ports.database, async (tx) => {
      if ((await versioningNow(tx, bucket)) !== "Enabled") throw notVersioned();
      const configuration = parseConfiguration(input.ObjectLockConfiguration);
      await putSetting(tx, bucket.id, OBJECT_LOCK, JSON.stringify(configuration));
    });
    return {};
  },
});

interface ConfigurationInput {
  readonly ObjectLockEnabled?: string | undefined;
  readonly Rule?: { readonly DefaultRetention?: RetentionInput | undefined } | undefined;
}

interface RetentionInput {
  readonly Mode?: string | undefined;
  readonly Days?: number | undefined;
  readonly Years?: number | undefined;
}

function parseConfiguration(input: ConfigurationInput | undefined): LockConfiguration {
  if (input?.ObjectLockEnabled !== "Enabled") throw errors.malformedXml();
  if (input.Rule === undefined) return {};
  if (input.Rule.DefaultRetention === undefined) throw errors.malformedXml();
  return { rule: parseRetention(input.Rule.DefaultRetention) };
}

function parseRetention({ Mode: mode, Days: days, Years: years }: RetentionInput): DefaultRetention {
  if (!isLockMode(mode) || (days === undefined) === (years === undefined)) throw errors.malformedXml();
  const period = days ?? years ?? 0;
  const argument = days === undefined ? "Years" : "Days";
  if (period < 1) {
    throw errors.invalidArgument("Default retention period must be a positive integer value.", argument, `${period}`);
  }
  if (period > (days === undefined ? MOST_YEARS : MOST_DAYS)) {
    throw errors.invalidArgument("Default retention period is too large.", argument, `${period}`);
  }
  return days === undefined ? { mode, years: period } : { mode, days: period };
}

const notVersioned = () =>
  new AwsError(
    "InvalidBucketState",
    "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    { status: 409 },
  );
