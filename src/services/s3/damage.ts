import { describeThrown } from "../../base/index.js";
import { BrokenSeal } from "../../crypto/index.js";
import { BlobMissing, StoreDamaged } from "../../store/index.js";
import { errors } from "./errors.js";
import type { S3Ports } from "./ports.js";
import { isBroken, type NamedPiece, pieceStands, putDamage } from "./store/index.js";

/** What can be wrong with a piece: it is not where its row says, or it is not what was stored. */
export type DamageKind = "missing" | "changed";

/** Undefined: it could not be read, which says nothing of what is stored. */
export function damageOf(thrown: unknown): DamageKind | undefined {
  if (thrown instanceof BlobMissing) return "missing";
  if (thrown instanceof BrokenSeal || thrown instanceof StoreDamaged) return "changed";
  return undefined;
}

/**
 * Logs why a piece could not be read, and gives what to throw. The log names the piece by ids, since names are secret
 * (promise I1); `strongroom s3 scrub` tells the bucket and the key to whoever may know them. A piece whose row is gone
 * by now was replaced or deleted under its reader: no damage, and another try finds what stands there.
 */
export async function tellUnreadable(
  ports: S3Ports,
  object: { readonly bucketId: string; readonly key: string },
  piece: NamedPiece,
  thrown: unknown,
): Promise<unknown> {
  const { bucketId } = object;
  const damage = damageOf(thrown);
  const stands = await ports.database.read((tx) => pieceStands(tx, piece)).catch(() => true);
  if (damage !== undefined && !stands) return errors.slowDown();
  if (damage !== undefined) await keep(ports, object, piece, damage);
  ports.log.error(damage === undefined ? "s3.unreadable" : "s3.damaged", {
    bucketId,
    body: piece.bodyId,
    part: piece.part,
    blob: piece.blob,
    damage,
    reason: thrown instanceof Error ? thrown.message : typeof thrown,
  });
  return thrown;
}

/** For the report of `strongroom s3 scrub`. The reader's own error is the one to tell, whatever becomes of this. */
async function keep(
  ports: S3Ports,
  { bucketId, key }: { readonly bucketId: string; readonly key: string },
  piece: NamedPiece,
  damage: DamageKind,
): Promise<void> {
  const { bodyId, part, pieceId } = piece;
  const found = { bodyId, part, pieceId, damage, seenMs: ports.clock.nowMs(), object: { bucketId, key } };
  try {
    if (await ports.database.read((tx) => isBroken(tx, piece))) return;
    await ports.database.write((tx) => putDamage(tx, found));
  } catch (thrown) {
    ports.log.warn("s3.damage-unkept", describeThrown(thrown));
  }
}
