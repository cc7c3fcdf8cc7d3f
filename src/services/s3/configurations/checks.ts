import { isAccountId, LIMITS } from "../../../base/index.js";
import { errors } from "../errors.js";
import { checkFilter } from "../filter.js";
import type { Configuration } from "./kept.js";

/** What S3 asks of a configuration; each gives what is to be stored under its id. */

export function parseAnalytics(id: string, value: Configuration<"analytics">) {
  if (value.Filter) checkFilter(value.Filter);
  const { DataExport: exported } = value.StorageClassAnalysis ?? {};
  if (value.StorageClassAnalysis === undefined) throw errors.malformedXml();
  if (exported !== undefined) {
    const destination = exported.Destination?.S3BucketDestination;
    if (exported.OutputSchemaVersion !== "V_1" || destination?.Format !== "CSV") throw errors.malformedXml();
    if (!/^arn:aws[a-z-]*:s3:::[a-z0-9.-]{3,63}$/.test(destination.Bucket ?? "")) {
      throw errors.invalidArgument("Invalid bucket ARN.", "Bucket", destination.Bucket);
    }
    const { BucketAccountId: account } = destination;
    if (account !== undefined && !isAccountId(account)) {
      throw errors.invalidArgument("Invalid account ID", "BucketAccountId", account);
    }
  }
  return bounded(id, value);
}

export function parseMetrics(id: string, value: Configuration<"metrics">) {
  const { AccessPointArn: accessPoint, And: and, ...rest } = value.Filter ?? {};
  if (accessPoint !== undefined || and?.AccessPointArn !== undefined) {
    throw errors.notImplemented("Access points are not implemented here.");
  }
  if (value.Filter) checkFilter({ ...rest, And: and });
  return bounded(id, value);
}

/** The fewest days without access after which an object may sink into the tier. */
const LEAST_DAYS = new Map([
  ["ARCHIVE_ACCESS", 90],
  ["DEEP_ARCHIVE_ACCESS", 180],
]);
const MOST_DAYS = 730;

export function parseIntelligentTiering(id: string, value: Configuration<"intelligentTiering">) {
  const { Filter: filter, Status: status, Tierings: tierings = [] } = value;
  if (filter) checkFilter(filter);
  if (status !== "Enabled" && status !== "Disabled") throw errors.malformedXml();
  if (tierings.length === 0) throw errors.malformedXml();
  if (new Set(tierings.map(({ AccessTier }) => AccessTier)).size !== tierings.length) throw errors.malformedXml();
  for (const { AccessTier: tier, Days: days } of tierings) {
    const least = LEAST_DAYS.get(tier ?? "");
    if (least === undefined || days === undefined) throw errors.malformedXml();
    if (days < least || days > MOST_DAYS) {
      throw errors.invalidArgument(
        `'Days' for ${tier} must be between ${least} and ${MOST_DAYS}`,
        "Days",
        String(days),
      );
    }
  }
  return bounded(id, value);
}

/** An id that is not the document's is told as a malformed document, as the service does of intelligent tiering. */
function bounded<Value extends { readonly Id: string | undefined }>(id: string, value: Value) {
  if (value.Id !== id || !/^[\w.-]{1,64}$/.test(id)) throw errors.malformedXml();
  if (Buffer.byteLength(JSON.stringify(value)) > LIMITS.s3ConfigurationBytes) throw errors.malformedXml();
  return { id, value };
}
