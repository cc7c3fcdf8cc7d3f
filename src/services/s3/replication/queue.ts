import type { WriteTx } from "../../../store/index.js";
import { isKms, type ObjectEncryption } from "../encryption.js";
import type { Doer, ObjectChange } from "../notifications/event-record.js";
import {
  type Bucket,
  insertReplication,
  NULL_VERSION,
  type ReplicationTask,
  setReplicationStatus,
} from "../store/index.js";
import type { Tag } from "../tagging.js";
import { destinationName, prefixOf, REPLICATION, type Rule, replicationOf, tagsOf } from "./configuration.js";

/**
 * Queues what the bucket's rules replicate, in the transaction that makes it: the version is PENDING from its first
 * moment. A rule that comes later does not reach back.
 */
export async function queueReplication(tx: WriteTx, doer: Doer, bucket: Bucket, change: ObjectChange): Promise<void> {
  if (!bucket.settings.has(REPLICATION) || change.versionId === NULL_VERSION) return;
  const { object } = change;
  const isMarker = change.event === "ObjectRemoved:DeleteMarkerCreated";
  if (!isMarker && (object === undefined || !change.event.startsWith("ObjectCreated:"))) return;
  const configuration = replicationOf(bucket);
  const rules = (configuration?.Rules ?? []).filter((rule) =>
    isMarker ? takesMarker(rule, change.key) : takesObject(rule, change.key, object),
  );
  const chosen = highestOfEach(rules);
  for (const rule of chosen) {
    await insertReplication(tx, {
      bucketId: bucket.id,
      key: change.key,
      versionId: change.versionId,
      isMarker,
      task: taskOf(rule, configuration?.Role ?? ""),
      createdMs: doer.timeMs,
    });
  }
  if (chosen.length > 0 && !isMarker)
    await setReplicationStatus(tx, bucket.id, change.key, change.versionId, "PENDING");
}

/** Whether a rule that is there now would take the object, had it been made now. */
export function isEligible(bucket: Bucket, object: Parameters<typeof takesObject>[2] & { readonly key: string }) {
  return (replicationOf(bucket)?.Rules ?? []).some((rule) => takesObject(rule, object.key, object));
}

const isOn = (rule: Rule, key: string) => rule.Status === "Enabled" && key.startsWith(prefixOf(rule));

/** Old rules, without a filter, replicate delete markers unless told not to; new ones say. */
const takesMarker = (rule: Rule, key: string): boolean =>
  isOn(rule, key) &&
  (rule.DeleteMarkerReplication?.Status ?? (rule.Filter === undefined ? "Enabled" : "Disabled")) === "Enabled";

function takesObject(
  rule: Rule,
  key: string,
  object: { readonly tags: readonly Tag[]; readonly encryption: ObjectEncryption } | undefined,
): boolean {
  if (object === undefined || !isOn(rule, key)) return false;
  if (isKms(object.encryption) && rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== "Enabled")
    return false;
  return tagsOf(rule).every((wanted) =>
    object.tags.some(({ Key, Value }) => Key === wanted.Key && Value === wanted.Value),
  );
}

/** One rule a destination: the one of the highest priority. */
function highestOfEach(rules: readonly Rule[]): Rule[] {
  const best = new Map<string, Rule>();
  for (const rule of rules) {
    const known = best.get(destinationName(rule));
    if (known === undefined || (rule.Priority ?? 0) > (known.Priority ?? 0)) best.set(destinationName(rule), rule);
  }
  return [...best.values()];
}

const taskOf = (rule: Rule, role: string): ReplicationTask => ({
  role,
  ruleId: rule.ID ?? "",
  destination: destinationName(rule),
  account: rule.Destination?.Account,
  changesOwner: rule.Destination?.AccessControlTranslation !== undefined,
  storageClass: rule.Destination?.StorageClass,
  kmsKeyId: rule.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID,
});
