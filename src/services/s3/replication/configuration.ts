import { isAccountId, parseArn } from "../../../base/index.js";
import type { InputOf } from "../../../kit/index.js";
import { errors } from "../errors.js";
import type { Bucket } from "../store/index.js";
import type { Tag } from "../tagging.js";

export const REPLICATION = "replication";

export type Configuration = InputOf<
  typeof import("@aws-sdk/client-s3"),
  "PutBucketReplication"
>["ReplicationConfiguration"];
export type Rule = NonNullable<Configuration["Rules"]>[number];

const MOST_RULES = 1000;

/** As it was put, each rule with an id. */
export function replicationOf(bucket: Bucket): Configuration | undefined {
  const text = bucket.settings.get(REPLICATION);
  return text === undefined ? undefined : (JSON.parse(text) as Configuration); // written by PutBucketReplication
}

/** Everything that S3 asks of a configuration but what depends on the buckets that it names. */
export function parseReplication(given: Configuration, newId: () => string): Configuration {
  const role = parseArn(given.Role ?? "");
  if (role?.service !== "iam" || !role.resource.startsWith("role/")) {
    throw errors.invalidArgument("Invalid Role specified in replication configuration", "Role", given.Role);
  }
  const rules = (given.Rules ?? []).map((rule) => ({ ...rule, ID: rule.ID ?? newId() }));
  if (rules.length === 0 || rules.length > MOST_RULES) throw errors.malformedXml();
  for (const rule of rules) checkRule(rule);
  refuseRepeated(
    rules.map(({ ID }) => ID),
    (id) => errors.invalidArgument("Rule Id must be unique. Found same Id for more than one rule", "ID", id),
  );
  const priorities = rules.flatMap(({ Priority, Destination }) =>
    Priority === undefined ? [] : [`${Priority} ${Destination?.Bucket}`],
  );
  refuseRepeated(priorities, () => errors.invalidRequest("Found duplicate priority. Priority must be unique."));
  return { Role: given.Role, Rules: rules };
}

function refuseRepeated(values: readonly string[], refusal: (value: string) => Error): void {
  const repeated = values.find((value, at) => values.indexOf(value) !== at);
  if (repeated !== undefined) throw refusal(repeated);
}

const VERSION = "for this version of Cross Region Replication configuration schema";
const GUIDE = "Please refer to S3 Developer Guide for more information.";

function checkRule(rule: Rule & { readonly ID: string }): void {
  const { Filter: filter, Prefix: prefix, Destination: destination, SourceSelectionCriteria: selection } = rule;
  if (rule.ID.length > 255 || destination === undefined || (filter !== undefined && prefix !== undefined)) {
    throw errors.malformedXml();
  }
  if (filter === undefined && prefix === undefined && rule.Priority !== undefined) throw errors.malformedXml();
  if (filter !== undefined) checkNewer(rule);
  if (rule.ExistingObjectReplication?.Status === "Enabled") {
    throw errors.notImplemented("Replication of existing objects is not implemented here.");
  }
  if (selection?.ReplicaModifications?.Status === "Enabled") {
    throw errors.notImplemented("Replication of changes to replicas is not implemented here.");
  }
  checkEncryption(rule);
  checkOwner(destination);
  if (!/^arn:aws[a-z-]*:s3:::[a-z0-9.-]{3,63}$/.test(destination.Bucket ?? "")) {
    throw errors.invalidArgument("Invalid bucket ARN.", "Bucket", destination.Bucket);
  }
}

/** Rules with a filter say in full what older ones leave open. */
function checkNewer(rule: Rule): void {
  if (rule.Priority === undefined) throw errors.invalidRequest(`Priority must be specified ${VERSION}. ${GUIDE}`);
  if (rule.DeleteMarkerReplication?.Status === undefined) {
    throw errors.invalidRequest(`DeleteMarkerReplication must be specified ${VERSION}. ${GUIDE}`);
  }
  if (rule.DeleteMarkerReplication.Status === "Enabled" && tagsOf(rule).length > 0) {
    throw errors.invalidRequest(`Delete marker replication is not supported if any Tag filter is specified. ${GUIDE}`);
  }
}

function checkEncryption({ Destination: destination, SourceSelectionCriteria: selection }: Rule): void {
  const takesKms = selection?.SseKmsEncryptedObjects?.Status === "Enabled";
  const keyId = destination?.EncryptionConfiguration?.ReplicaKmsKeyID;
  if (takesKms && !keyId) {
    throw errors.invalidRequest("ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.");
  }
  if (keyId !== undefined && selection?.SseKmsEncryptedObjects === undefined) {
    throw errors.invalidRequest("SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.");
  }
}

function checkOwner({
  Account: account,
  AccessControlTranslation: translation,
}: NonNullable<Rule["Destination"]>): void {
  if (account !== undefined && !isAccountId(account)) {
    throw errors.invalidArgument("Invalid account ID specified in Destination", "Account", account);
  }
  if (translation !== undefined && account === undefined) {
    throw errors.invalidRequest("Destination account must be specified if AccessControlTranslation is present.");
  }
}

export const prefixOf = ({ Filter: filter, Prefix: prefix }: Rule): string =>
  filter?.Prefix ?? filter?.And?.Prefix ?? prefix ?? "";

export function tagsOf({ Filter: filter }: Rule): Tag[] {
  const tags = [...(filter?.Tag ? [filter.Tag] : []), ...(filter?.And?.Tags ?? [])];
  return tags.map(({ Key = "", Value = "" }) => ({ Key, Value }));
}

export const destinationName = ({ Destination: destination }: Rule): string =>
  parseArn(destination?.Bucket ?? "")?.resource ?? "";
