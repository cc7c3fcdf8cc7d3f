import type { Authorized, Check } from "../../../identity/index.js";
import type { AnyOperation, RequestContext } from "../../../kit/index.js";
import { copied } from "../body.js";
import { getBucketAnywhere } from "../bucket.js";
import { doerOf, noteEvents } from "../changes.js";
import { newDataKey, openDataKey } from "../data-key.js";
import { type EncryptionPlan, isKms } from "../encryption.js";
import { planEncryption } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { newPiece, noteObject, ownerOf } from "../object.js";
import { piecesOf } from "../object-read.js";
import { BodyReader } from "../piece-reader.js";
import { writePiece } from "../piece-writer.js";
import { objectCheck } from "../policy.js";
import type { S3Ports } from "../ports.js";
import {
  type Bucket,
  endReplication,
  findVersion,
  type Piece,
  placeMarker,
  placeObject,
  type Replication,
  replacePiece,
  type StoredObject,
  selectBucketById,
} from "../store/index.js";
import { versioningNow } from "../versioning.js";

interface Target {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly object: StoredObject | undefined;
}

/**
 * Brings one version or delete marker to its destination, as the role. It is no operation that a client could call,
 * and is authorized and recorded as one: as the write that it is.
 */
export const replicateOperation = (ports: S3Ports): AnyOperation => ({
  name: "PutObject",
  readOnly: false,
  category: "Data",
  target: (ctx, input) => findTarget(ctx, ports, input as Replication), // this room alone performs it
  checks: (_ctx, input, target) => checksOf(ports, input as Replication, target as Target), // what `target` found
  run: async (ctx, input, ok: Authorized<unknown>) => {
    await replicate(ctx, ports, input as Replication, ok.target as Target); // likewise
    return {};
  },
  auditRequest: (input) => {
    const { task, key, versionId } = input as Replication; // likewise
    return { bucketName: task.destination, key, "x-amz-version-id": versionId };
  },
  auditResponse: () => null,
});

async function findTarget(ctx: RequestContext, ports: S3Ports, one: Replication): Promise<Target> {
  const { task } = one;
  const account = task.account === undefined ? {} : { ExpectedBucketOwner: task.account };
  const destination = await getBucketAnywhere(ctx, ports, { Bucket: task.destination, ...account });
  const { source, found } = await ports.database.read(async (tx) => ({
    source: await selectBucketById(tx, one.bucketId),
    found: await findVersion(tx, one.bucketId, one.key, one.versionId),
  }));
  if (source === undefined) throw errors.noSuchBucket("");
  if (!one.isMarker && found.object === undefined) throw errors.noSuchVersion(one.key, one.versionId);
  noteObject(ctx, destination, one.key);
  return { source, destination, object: found.object };
}

function checksOf(
  ports: S3Ports,
  { task, key, isMarker }: Replication,
  { source, destination, object }: Target,
): Check[] {
  const at = (action: string) => objectCheck(ports, destination, key, action);
  if (isMarker) return [at("ReplicateDelete")];
  return [
    objectCheck(ports, source, key, "GetObjectVersionForReplication"),
    at("ReplicateObject"),
    ...((object?.tags ?? []).length > 0
      ? [objectCheck(ports, source, key, "GetObjectVersionTagging"), at("ReplicateTags")]
      : []),
    ...(task.changesOwner ? [at("ObjectOwnerOverrideToBucketOwner")] : []),
  ];
}

async function replicate(ctx: RequestContext, ports: S3Ports, one: Replication, target: Target): Promise<void> {
  const { destination, object } = target;
  const replica = one.isMarker || object === undefined ? undefined : await copyBody(ctx, ports, one, target, object);
  const doer = doerOf(ctx);
  await ctx.commit(ports.database, async (tx) => {
    const versioning = await versioningNow(tx, destination);
    if (versioning !== "Enabled") throw errors.invalidRequest("Destination bucket must have versioning enabled.");
    const known = await findVersion(tx, destination.id, one.key, one.versionId);
    const isThere = known.object !== undefined || known.marker !== undefined;
    if (!isThere && replica === undefined) {
      const marker = { bucketId: destination.id, key: one.key, versionId: one.versionId, modifiedMs: one.createdMs };
      await placeMarker(tx, marker, versioning);
      await noteEvents(tx, doer, destination, { event: "ObjectRemoved:DeleteMarkerCreated", ...marker });
    } else if (!isThere && replica !== undefined) {
      await placeObject(tx, replica.object, versioning);
      for (const { piece, sealed } of replica.pieces) await replacePiece(tx, piece, sealed);
      await noteEvents(tx, doer, destination, { event: "ObjectCreated:Put", ...replica.object });
    }
    await endReplication(tx, one, "COMPLETED");
  });
}

interface Replica {
  readonly object: StoredObject;
  readonly pieces: readonly { readonly piece: Piece; readonly sealed: Uint8Array | undefined }[];
}

/** The same bytes in the same pieces, under a key of the destination's. */
async function copyBody(
  ctx: RequestContext,
  ports: S3Ports,
  { task }: Replication,
  { source, destination }: Target,
  object: StoredObject,
): Promise<Replica> {
  const opened = await openDataKey(ctx, ports, source, object, undefined);
  const made = await newDataKey(
    ctx,
    ports,
    destination,
    object.key,
    planOf(ctx, ports, task.kmsKeyId, destination, object),
  );
  const bodyId = ctx.ids.hex(32);
  const pieces: Replica["pieces"][number][] = [];
  for (const from of await piecesOf(ports, object)) {
    const piece = newPiece(ctx, bodyId, from.part);
    const { algorithm } = from.checksum;
    const reader = await new BodyReader(ports, opened, object, [from], { first: 0, bytes: from.bytes }).ready();
    const checks = { contentMd5: undefined, md5Told: "hex" as const, expected: undefined, algorithm, wantsMd5: false };
    const body = copied(reader, from.bytes);
    const owner = ownerOf(destination, object.key, piece);
    const { sealed, blob, mark, layers } = await writePiece(ports, made.key, owner, body, checks).finally(() =>
      reader.return(),
    );
    pieces.push({ piece: { ...from, ...piece, blob, mark, layers }, sealed });
  }
  if (pieces.length === 0) throw errors.slowDown();
  const { restore: _dropped, acl: _bucketOwners, ...kept } = object;
  const storageClass = task.storageClass ?? object.headers.storageClass;
  return {
    object: {
      ...kept,
      bucketId: destination.id,
      bodyId,
      headers: { ...object.headers, storageClass, replication: "REPLICA" },
      encryption: made.encryption,
      dataKey: made.wrapped,
    },
    pieces,
  };
}

/** A replica keeps its source's type of encryption; what was unencrypted takes the destination's default (s3 section 1.1). */
function planOf(
  ctx: RequestContext,
  ports: S3Ports,
  kmsKeyId: string | undefined,
  destination: Bucket,
  { encryption }: StoredObject,
): EncryptionPlan {
  if (isKms(encryption)) {
    const { mode, context, bucketKey } = encryption;
    return { mode, keyId: kmsKeyId ?? "", context, bucketKey, isDefault: false };
  }
  return encryption.mode === "AES256"
    ? { mode: "AES256", isDefault: false }
    : planEncryption(ctx, ports, destination, {});
}
