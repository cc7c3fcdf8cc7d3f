import type { RequestContext } from "../../../kit/index.js";
import { copied } from "../body.js";
import { bucketEncryption } from "../bucket-encryption.js";
import { newDataKey, openDataKey, replicaUnderCustomer } from "../data-key.js";
import { type EncryptionPlan, isKms, type ObjectEncryption } from "../encryption.js";
import { planEncryption } from "../encryption-plan.js";
import { errors } from "../errors.js";
import { newBodyId, newPiece, ownerOf } from "../object.js";
import { piecesOf } from "../object-read.js";
import { BodyReader } from "../piece-reader.js";
import { writePiece } from "../piece-writer.js";
import type { S3Ports } from "../ports.js";
import type { Bucket, Piece, ReplicationTask, StoredObject } from "../store/index.js";
import { copySealed } from "./sealed-copy.js";

/** One version on its way to one destination. */
export interface Copying {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly object: StoredObject;
  readonly task: ReplicationTask;
}

/** What will lie at the destination. */
export interface Replica {
  readonly object: StoredObject;
  readonly pieces: readonly ReplicaPiece[];
}

interface ReplicaPiece {
  readonly piece: Piece;
  readonly sealed: Uint8Array | undefined;
}

/** The replica's own encryption, the wrapped key of its body, and the body. */
interface ReplicaBody {
  readonly encryption: ObjectEncryption;
  readonly wrapped: Uint8Array;
  readonly pieces: readonly ReplicaPiece[];
}

/** The same bytes in the same pieces. */
export async function makeReplica(ctx: RequestContext, ports: S3Ports, copying: Copying): Promise<Replica> {
  const { destination, object, task } = copying;
  const from = await piecesOf(ports, object);
  if (from.length === 0) throw errors.slowDown();
  const bodyId = newBodyId(ctx);
  const { encryption, wrapped, pieces } =
    object.encryption.mode === "SSE-C"
      ? await copyAsItLies(ports, copying, bodyId, from)
      : await sealAnew(ctx, ports, copying, bodyId, from);
  const { restore: _dropped, acl: _bucketOwners, ...kept } = object;
  const storageClass = task.storageClass ?? object.headers.storageClass;
  const headers = { ...object.headers, storageClass, replication: "REPLICA" as const };
  const replica = { ...kept, bucketId: destination.id, bodyId, headers, encryption, dataKey: wrapped };
  return { object: replica, pieces };
}

/** A customer's key is not kept: what lies under one cannot be sealed anew, and opens with the same key wherever it lies. */
async function copyAsItLies(
  ports: S3Ports,
  { source, destination, object }: Copying,
  bodyId: string,
  from: readonly Piece[],
): Promise<ReplicaBody> {
  if (bucketEncryption(destination, ports.rules).blocksSseC) throw errors.accessDenied();
  const made = replicaUnderCustomer(ports, source, object, destination);
  const pieces: ReplicaPiece[] = [];
  for (const piece of from) {
    const { sealed, blob, mark } = await copySealed(ports, object, piece);
    pieces.push({ piece: { ...piece, bodyId, blob, mark }, sealed });
  }
  return { ...made, pieces };
}

/** Under a key of the destination's. */
async function sealAnew(
  ctx: RequestContext,
  ports: S3Ports,
  copying: Copying,
  bodyId: string,
  from: readonly Piece[],
): Promise<ReplicaBody> {
  const { source, destination, object } = copying;
  const opened = await openDataKey(ctx, ports, source, object, undefined);
  const made = await newDataKey(ctx, ports, destination, object.key, planOf(ctx, ports, copying));
  const pieces: ReplicaPiece[] = [];
  for (const one of from) {
    const piece = newPiece(ctx, bodyId, one.part);
    const { algorithm } = one.checksum;
    const reader = await new BodyReader(ports, opened, object, [one], { first: 0, bytes: one.bytes }).ready();
    const checks = { contentMd5: undefined, md5Told: "hex" as const, expected: undefined, algorithm, wantsMd5: false };
    const owner = ownerOf(destination, object.key, piece);
    const writing = writePiece(ports, made.key, owner, copied(reader, one.bytes), checks);
    const { sealed, blob, mark, layers } = await writing.finally(() => reader.return());
    pieces.push({ piece: { ...one, ...piece, blob, mark, layers }, sealed });
  }
  return { encryption: made.encryption, wrapped: made.wrapped, pieces };
}

/** A replica keeps its source's type of encryption; what was unencrypted takes the destination's default (s3 section 1.1). */
function planOf(ctx: RequestContext, ports: S3Ports, { task, destination, object }: Copying): EncryptionPlan {
  const { encryption } = object;
  if (isKms(encryption)) {
    const { mode, context, bucketKey } = encryption;
    return { mode, keyId: task.kmsKeyId ?? "", context, bucketKey, isDefault: false };
  }
  return encryption.mode === "AES256"
    ? { mode: "AES256", isDefault: false }
    : planEncryption(ctx, ports, destination, {});
}
