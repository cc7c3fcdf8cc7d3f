import { LIMITS } from "../../../base/index.js";
import type { Authorized, Check } from "../../../identity/index.js";
import type { AnyOperation, RequestContext } from "../../../kit/index.js";
import { asSource } from "../annotations/copy.js";
import { planBeside, refuseLockedParent } from "../annotations/parent.js";
import { readAnnotation } from "../annotations/read.js";
import { writeAnnotation } from "../annotations/write.js";
import { getBucketAnywhere } from "../bucket.js";
import { doerOf, noteEvents } from "../changes.js";
import { errors } from "../errors.js";
import { commitOrForget, noteObject, removeBlobs } from "../object.js";
import { objectCheck, unlessForbidden } from "../policy.js";
import type { S3Ports } from "../ports.js";
import {
  type Annotation,
  type AnnotationReplication,
  type Bucket,
  countAnnotations,
  endAnnotationReplication,
  findVersion,
  type NewAnnotation,
  putAnnotation,
  type StoredObject,
  selectAnnotation,
  selectBucketById,
} from "../store/index.js";

interface Target {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly annotation: Annotation;
  /** The version at the destination. */
  readonly replica: StoredObject;
  /** What has its name there. */
  readonly before: Annotation | undefined;
}

/**
 * Brings one annotation to the replica of its version, as the role, sealed anew for its own place. Like `replicateOperation`
 * it is no operation that a client could call, and is authorized and recorded as the write that it is.
 */
export const replicateAnnotationOperation = (ports: S3Ports): AnyOperation => ({
  name: "PutObjectAnnotation",
  readOnly: false,
  category: "Data",
  target: (ctx, input) => findTarget(ctx, ports, input as AnnotationReplication), // this room alone performs it
  checks: (ctx, input, target) => checksOf(ctx, ports, input as AnnotationReplication, target as Target), // what `target` found
  run: async (ctx, input, ok: Authorized<unknown>) => {
    await replicate(ctx, ports, input as AnnotationReplication, ok.target as Target); // likewise
    return {};
  },
  auditRequest: (input) => {
    const { task, key, versionId, name } = input as AnnotationReplication; // likewise
    return { bucketName: task.destination, key, "x-amz-version-id": versionId, annotationName: name };
  },
  auditResponse: () => null,
});

async function findTarget(ctx: RequestContext, ports: S3Ports, one: AnnotationReplication): Promise<Target> {
  const { task, key, versionId, name } = one;
  const account = task.account === undefined ? {} : { ExpectedBucketOwner: task.account };
  const destination = await getBucketAnywhere(ctx, ports, { Bucket: task.destination, ...account });
  noteObject(ctx, destination, key);
  return ports.database.read(async (tx) => {
    const source = await selectBucketById(tx, one.bucketId);
    if (source === undefined) throw errors.noSuchBucket("");
    const { object } = await findVersion(tx, one.bucketId, key, versionId);
    const annotation = object && (await selectAnnotation(tx, object.bodyId, name));
    if (annotation?.bodyId !== one.bodyId) throw errors.slowDown(); // it has gone meanwhile, which the next look sees
    const { object: replica } = await findVersion(tx, destination.id, key, versionId);
    if (replica === undefined) throw errors.noSuchVersion(key, versionId);
    return { source, destination, annotation, replica, before: await selectAnnotation(tx, replica.bodyId, name) };
  });
}

/** At the destination the right to replicate the object is enough; it may be forbidden for annotations alone. */
function checksOf(
  ctx: RequestContext,
  ports: S3Ports,
  { key }: AnnotationReplication,
  { source, destination }: Target,
): Check[] {
  return [
    objectCheck(ports, source, key, "GetObjectVersionAnnotationForReplication"),
    objectCheck(ports, destination, key, "ReplicateObject"),
    ...unlessForbidden(ctx, objectCheck(ports, destination, key, "ReplicateObjectAnnotation")),
  ];
}

async function replicate(
  ctx: RequestContext,
  ports: S3Ports,
  one: AnnotationReplication,
  target: Target,
): Promise<void> {
  const { destination, annotation, replica, before } = target;
  const copy = isSame(annotation, before) ? undefined : await sealAnew(ctx, ports, target);
  const doer = doerOf(ctx);
  const freed = await commitOrForget(ctx, ports, [copy?.piece.blob], async (tx) => {
    const now = await selectAnnotation(tx, annotation.parentId, one.name);
    const { object: beside } = await findVersion(tx, destination.id, one.key, one.versionId);
    // A later text, another replica, or one whose key was wrapped anew: what was sealed here is not for it.
    const isAsItWas =
      now?.bodyId === one.bodyId && beside !== undefined && Buffer.from(beside.dataKey).equals(replica.dataKey);
    if (!isAsItWas) throw errors.slowDown();
    const replaced = copy === undefined ? [] : await place(tx, copy);
    await endAnnotationReplication(tx, one, "COMPLETED");
    return replaced;
  });
  await removeBlobs(ports, freed);

  async function place(tx: Parameters<Parameters<typeof commitOrForget>[3]>[0], made: NewAnnotation) {
    if (await selectAnnotation(tx, replica.bodyId, one.name)) refuseLockedParent(ctx, replica, false);
    else if ((await countAnnotations(tx, replica.bodyId)) >= LIMITS.s3Annotations)
      throw errors.annotationLimitExceeded();
    const replaced = await putAnnotation(tx, made);
    await noteEvents(tx, doer, destination, { event: "ObjectAnnotation:Put", ...replica });
    return replaced;
  }
}

/** It was brought before: by a batch job that is done again, or one that was killed. */
const isSame = (annotation: Annotation, before: Annotation | undefined): boolean =>
  before?.replication === "REPLICA" &&
  before.piece.etag === annotation.piece.etag &&
  before.piece.modifiedMs === annotation.piece.modifiedMs;

/** As the replica is encrypted; its date, ETag and checksum are the source's. */
async function sealAnew(ctx: RequestContext, ports: S3Ports, target: Target): Promise<NewAnnotation> {
  const { source, destination, annotation, replica } = target;
  const { key, bodyId } = replica;
  const { bytes, etag, modifiedMs, checksum } = annotation.piece;
  const text = await readAnnotation(ctx, ports, source, annotation);
  const { body, done } = asSource(text, bytes);
  const parent = { key, bodyId, plan: planBeside(replica) };
  const { algorithm } = checksum;
  const made = await writeAnnotation(ctx, ports, destination, parent, annotation.name, body, { algorithm }).finally(
    done,
  );
  return { ...made, replication: "REPLICA", piece: { ...made.piece, etag, modifiedMs } };
}
