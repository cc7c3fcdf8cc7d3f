import type { WriteTx } from "../../../store/index.js";
import { isKms, type ObjectEncryption } from "../encryption.js";
import type { Doer, ObjectChange } from "../notifications/event-record.js";
import {
  type Annotation,
  type Bucket,
  insertAnnotationReplications,
  insertReplication,
  NULL_VERSION,
  type ReplicationTask,
  type StoredObject,
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
  const tasks = isMarker ? tasksOfMarker(bucket, change.key) : tasksOfObject(bucket, change.key, object);
  const { key, versionId } = change;
  for (const task of tasks) {
    await insertReplication(tx, { bucketId: bucket.id, key, versionId, isMarker, task, createdMs: doer.timeMs });
  }
  if (tasks.length > 0 && !isMarker) await setReplicationStatus(tx, bucket.id, key, versionId, "PENDING");
  for (const annotation of object?.annotations ?? [])
    await insertAnnotationReplications(tx, { bucketId: bucket.id, key, versionId }, annotation, tasks, doer.timeMs);
}

/** An annotation follows its version: where no rule took that, and on a replica, it stays alone. Nothing deletes it there. */
export async function queueAnnotation(
  tx: WriteTx,
  bucket: Bucket,
  object: StoredObject,
  annotation: Pick<Annotation, "name" | "bodyId">,
  nowMs: number,
): Promise<void> {
  const { replication } = object.headers;
  if (!bucket.settings.has(REPLICATION) || object.versionId === NULL_VERSION) return;
  if (replication === undefined || replication === "REPLICA") return;
  await insertAnnotationReplications(tx, object, annotation, tasksOfObject(bucket, object.key, object), nowMs);
}

/** One for each destination that the bucket's rules have for it now. */
export const tasksOfObject = (bucket: Bucket, key: string, object: Replicated | undefined): ReplicationTask[] =>
  tasksBy(bucket, (rule) => takesObject(rule, key, object));

export const tasksOfMarker = (bucket: Bucket, key: string): ReplicationTask[] =>
  tasksBy(bucket, (rule) => takesMarker(rule, key));

interface Replicated {
  readonly tags: readonly Tag[];
  readonly encryption: ObjectEncryption;
}

function tasksBy(bucket: Bucket, takes: (rule: Rule) => boolean): ReplicationTask[] {
  const configuration = replicationOf(bucket);
  const chosen = highestOfEach((configuration?.Rules ?? []).filter(takes));
  return chosen.map((rule) => taskOf(rule, configuration?.Role ?? ""));
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

function takesObject(rule: Rule, key: string, object: Replicated | undefined): boolean {
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
