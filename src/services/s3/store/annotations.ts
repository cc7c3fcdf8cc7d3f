import type { ReadTx, WriteTx } from "../../../store/index.js";
import type { ObjectEncryption } from "../encryption.js";
import { type Piece, pieceOfRow, replacePiece } from "./pieces.js";
import type { ReplicationStatus } from "./replications.js";

/** A named text beside an object version. Its body is one piece of its own, under a data key of its own. */
export interface Annotation {
  /** The body of the version that it belongs to: a version moves between tables and keeps its body's id. */
  readonly parentId: string;
  readonly bucketId: string;
  readonly key: string;
  readonly name: string;
  readonly bodyId: string;
  readonly encryption: ObjectEncryption;
  /** The wrapped data key. */
  readonly dataKey: Uint8Array;
  readonly piece: Piece;
  /** Undefined: no rule takes it, or it was put on a replica by hand. */
  readonly replication?: ReplicationStatus | undefined;
}

/** An annotation on its way; `sealed` where its bytes lie in the row. */
export interface NewAnnotation extends Annotation {
  readonly sealed: Uint8Array | undefined;
}

const COLUMNS = `a.parent_id, a.name, a.bucket_id, a.key, a.encryption, a.data_key, a.replication,
  p.body_id, p.part, p.piece_id, p.size, p.etag, p.modified_ms, p.checksum, p.blob, p.mark, p.layers`;
const TABLES = "annotations a JOIN pieces p ON p.body_id = a.body_id";

export async function selectAnnotation(tx: ReadTx, parentId: string, name: string): Promise<Annotation | undefined> {
  const row = await tx.get<AnnotationRow>(
    `SELECT ${COLUMNS} FROM ${TABLES} WHERE a.parent_id = ? AND a.name = ?`,
    parentId,
    Buffer.from(name),
  );
  return row && annotationOf(row);
}

/** Those whose names begin with `prefix` and come after `after`, in the order of their names' bytes. */
export async function selectAnnotations(
  tx: ReadTx,
  parentId: string,
  page: { readonly prefix: string; readonly after: string; readonly limit: number },
): Promise<Annotation[]> {
  const prefix = Buffer.from(page.prefix);
  const rows = await tx.all<AnnotationRow>(
    `SELECT ${COLUMNS} FROM ${TABLES}
     WHERE a.parent_id = ? AND a.name > ? AND a.name >= ? AND substr(a.name, 1, ?) = ? ORDER BY a.name LIMIT ?`,
    parentId,
    Buffer.from(page.after),
    prefix,
    prefix.length,
    prefix,
    page.limit,
  );
  return rows.map(annotationOf);
}

export async function countAnnotations(tx: ReadTx, parentId: string): Promise<number> {
  const row = await tx.get<{ found: number }>(
    "SELECT count(*) AS found FROM annotations WHERE parent_id = ?",
    parentId,
  );
  return Number(row?.found ?? 0);
}

/** Puts it in the place of an earlier one of that name. Returns the blobs that nobody names any more. */
export async function putAnnotation(tx: WriteTx, annotation: NewAnnotation): Promise<string[]> {
  const freed = await deleteAnnotation(tx, annotation.parentId, annotation.name);
  await tx.run(
    `INSERT INTO annotations (parent_id, name, bucket_id, key, body_id, encryption, data_key, replication)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    annotation.parentId,
    Buffer.from(annotation.name),
    annotation.bucketId,
    Buffer.from(annotation.key),
    annotation.bodyId,
    JSON.stringify(annotation.encryption),
    annotation.dataKey,
    annotation.replication ?? null,
  );
  await replacePiece(tx, annotation.piece, annotation.sealed);
  return freed;
}

export async function deleteAnnotation(tx: WriteTx, parentId: string, name: string): Promise<string[]> {
  const freed = await deletePiecesOf(tx, "parent_id = ? AND name = ?", [parentId, Buffer.from(name)]);
  await tx.run("DELETE FROM annotations WHERE parent_id = ? AND name = ?", parentId, Buffer.from(name));
  return freed;
}

/** With the version that they belong to. Returns the blobs that nobody names any more. */
export async function deleteAnnotations(tx: WriteTx, parentId: string): Promise<string[]> {
  // Most objects have none: one look then, and no writing.
  if ((await tx.get("SELECT 1 AS found FROM annotations WHERE parent_id = ? LIMIT 1", parentId)) === undefined)
    return [];
  const freed = await deletePiecesOf(tx, "parent_id = ?", [parentId]);
  await tx.run("DELETE FROM annotations WHERE parent_id = ?", parentId);
  return freed;
}

async function deletePiecesOf(
  tx: WriteTx,
  where: "parent_id = ?" | "parent_id = ? AND name = ?",
  which: readonly (string | Buffer)[],
): Promise<string[]> {
  const bodies = `body_id IN (SELECT body_id FROM annotations WHERE ${where})`;
  const rows = await tx.all<{ blob: string }>(
    `SELECT blob FROM pieces WHERE ${bodies} AND blob IS NOT NULL LIMIT 10000`,
    ...which,
  );
  await tx.run(`DELETE FROM pieces WHERE ${bodies}`, ...which);
  return rows.map(({ blob }) => blob);
}

/** False when it is not there any more, or its key was wrapped anew since it was read. */
export async function updateAnnotationKey(
  tx: WriteTx,
  annotation: Annotation,
  encryption: ObjectEncryption,
  dataKey: Uint8Array,
): Promise<boolean> {
  const { changes } = await tx.run(
    "UPDATE annotations SET encryption = ?, data_key = ? WHERE body_id = ? AND data_key = ?",
    JSON.stringify(encryption),
    dataKey,
    annotation.bodyId,
    annotation.dataKey,
  );
  return changes > 0;
}

/** A replica says that it is one, wherever it is brought from here. */
export async function setAnnotationReplication(tx: WriteTx, bodyId: string, status: ReplicationStatus): Promise<void> {
  await tx.run(
    "UPDATE annotations SET replication = ? WHERE body_id = ? AND (replication IS NULL OR replication <> 'REPLICA')",
    status,
    bodyId,
  );
}

interface AnnotationRow {
  readonly parent_id: string;
  readonly name: Uint8Array;
  readonly bucket_id: string;
  readonly key: Uint8Array;
  readonly body_id: string;
  readonly encryption: string;
  readonly data_key: Uint8Array;
  readonly replication: string | null;
  readonly [ofThePiece: string]: unknown;
}

const annotationOf = (row: AnnotationRow): Annotation => ({
  parentId: row.parent_id,
  bucketId: row.bucket_id,
  key: Buffer.from(row.key).toString(),
  name: Buffer.from(row.name).toString(),
  bodyId: row.body_id,
  encryption: JSON.parse(row.encryption) as ObjectEncryption, // written by putAnnotation
  dataKey: row.data_key,
  piece: pieceOfRow(row),
  ...(row.replication === null ? {} : { replication: row.replication as ReplicationStatus }), // written here alone
});
