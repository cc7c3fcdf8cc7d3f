import { statSync } from "node:fs";
import { join } from "node:path";
import { S3_DATABASE } from "../../src/app/s3-database.js";
import { unlockRoot } from "../../src/keystore/index.js";
import { insertObject, type Piece, replacePiece, type StoredObject } from "../../src/services/s3/store/index.js";
import { openSqlite } from "../../src/store/index.js";

/** Folders at the top; each holds the same number of objects. */
export const FOLDERS = 1000;
const OBJECTS_A_UNIT = 10_000;

/** The key of that number. Neighbours of a list were written a thousand objects apart, as by a thousand writers at once. */
export function keyOf(index: number): string {
  const [folder, number] = [index % FOLDERS, Math.floor(index / FOLDERS)];
  return `folder-${String(folder).padStart(4, "0")}/2026-11-${String((number % 28) + 1).padStart(2, "0")}/object-${String(number).padStart(8, "0")}.json`;
}

/** What one real object left behind: all others are written like it, under other names. */
export interface Template {
  readonly object: StoredObject;
  readonly piece: Piece;
  readonly sealed: Uint8Array;
}

/** Opens `s3.db` of a stopped server. */
export async function openRows(dataFolder: string) {
  const root = await unlockRoot(dataFolder, { kind: "file" });
  return openSqlite({ path: join(dataFolder, "s3.db"), key: root.houseKey("database/s3"), migrations: S3_DATABASE });
}

/** Objects of few bytes straight into the rows, as a server would leave them, without a flush for each. */
export async function fillObjects(
  database: Awaited<ReturnType<typeof openRows>>,
  { object, piece, sealed }: Template,
  count: number,
): Promise<void> {
  for (let first = 0; first < count; first += OBJECTS_A_UNIT) {
    await database.write(async (tx) => {
      for (let index = first; index < Math.min(count, first + OBJECTS_A_UNIT); index++) {
        const bodyId = (object.modifiedMs + index).toString(16).padStart(12, "0") + idOf(index, 0).slice(12);
        const etag = idOf(index, 2);
        const modifiedMs = object.modifiedMs + index;
        await insertObject(tx, { ...object, key: keyOf(index), bodyId, etag, modifiedMs });
        await replacePiece(tx, { ...piece, bodyId, pieceId: idOf(index, 1), etag, modifiedMs }, sealed);
      }
    });
  }
}

/** 32 hex digits without order, as random ones are. */
function idOf(index: number, kind: number): string {
  const words = [1, 2, 3, 4].map((word) => Math.imul(index * 3 + kind + 1, 2_654_435_761 + word * 40_503) >>> 0);
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** What the database takes of the disk. Its log is as long as the largest transaction of the fill, and no object's. */
export const databaseBytes = (dataFolder: string): number => statSync(join(dataFolder, "s3.db")).size;
