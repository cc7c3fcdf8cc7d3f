import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqlite } from "../../../store/index.js";
import { testFolder, testKey } from "../../../store/testing.js";
import type { Checksum } from "../checksums.js";
import {
  type ListedObject,
  listObjects,
  listVersions,
  placeMarker,
  placeObject,
  removeVersion,
  S3_MIGRATIONS,
  type StoredObject,
  updateRestore,
  updateVersion,
} from "./index.js";

const CRC32: Checksum = { algorithm: "CRC32", type: "FULL_OBJECT", value: "AAAAAA==" };
const SHARED: StoredObject = {
  bucketId: "b",
  key: "",
  versionId: "null",
  bodyId: "body",
  bytes: 5_000_000_000_000,
  etag: "0cc175b9c0f1b6a831c399e269772661-10000",
  modifiedMs: 1_795_298_000_123,
  parts: 10_000,
  headers: { contentType: "", storageClass: "STANDARD", metadata: { storageClass: '"storageClass":"GLACIER"' } },
  tags: [],
  checksum: CRC32,
  encryption: { mode: "AES256" },
  dataKey: Buffer.alloc(0),
};

/** All that a row can be, neighbours of a list unlike each other. */
const SHAPES: readonly Partial<StoredObject>[] = [
  {},
  { checksum: { algorithm: "SHA256", type: "COMPOSITE", value: "A-2" } },
  { checksum: { ...CRC32, untold: true } },
  {
    headers: { ...SHARED.headers, storageClass: "GLACIER" },
    restore: { tier: "Bulk", readyMs: 1, expiryMs: 2 },
    checksum: { ...CRC32, untold: true },
  },
  { bytes: 0, etag: "", modifiedMs: 0 },
];
const NAMES = ["a", "a b", "é\u{1f600}\uffff", "line\nof\ttwo", "<&\"'>", "nothing\u0000hidden", " ", "{}"];

const shownOf = ({ key, bytes, etag, modifiedMs, headers, checksum, restore }: StoredObject): ListedObject => {
  const kind = { storageClass: headers.storageClass, restore };
  const { algorithm, type } = checksum;
  return { key, bytes, etag, modifiedMs, kind: checksum.untold ? kind : { ...kind, checksum: { algorithm, type } } };
};

const objectsOf = (names: readonly string[]): StoredObject[] =>
  names
    .flatMap((name) => SHAPES.map((shape, at) => ({ ...SHARED, ...shape, key: `${name}/${at}` })))
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));

for (const names of [NAMES, [...NAMES, "\u0001", "one\u0001other\u0001"]]) {
  const which = names === NAMES ? "texts" : "texts, the one that separates fields among them,";
  test(`a list shows of each object what was written, its name of any ${which} included`, async () => {
    const folder = testFolder();
    const database = await openSqlite({ path: `${folder.path}/s3.db`, key: testKey(), migrations: S3_MIGRATIONS });
    try {
      const objects = objectsOf(names);
      await database.write(async (tx) => {
        for (const object of objects) await placeObject(tx, object, undefined);
      });
      const start = { key: Buffer.alloc(0), id: "" };
      const [listed, versions, none] = await database.read(async (tx) => [
        await listObjects(tx, "b", start, undefined, 1000),
        await listVersions(tx, "b", start, undefined, 1000),
        await listObjects(tx, "other", start, undefined, 1000),
      ]);
      assert.deepEqual(listed, objects.map(shownOf));
      const latest = { versionId: "null", isLatest: true, isMarker: false };
      assert.deepEqual(
        versions,
        objects.map((object) => ({ ...shownOf(object), ...latest })),
      );
      assert.deepEqual(none, []);
    } finally {
      await database.close();
      folder.remove();
    }
  });
}

test("objects that were there before lists had an index are listed, and what changes afterwards is listed changed", async () => {
  const folder = testFolder();
  const options = { path: `${folder.path}/s3.db`, key: testKey() };
  try {
    const objects = objectsOf(NAMES);
    const old = await openSqlite({ ...options, migrations: S3_MIGRATIONS.filter(({ id }) => id < 50) });
    await old.write(async (tx) => {
      for (const object of objects) await placeObject(tx, object, undefined);
    });
    await old.close();
    const database = await openSqlite({ ...options, migrations: S3_MIGRATIONS });
    const list = () => database.read((tx) => listObjects(tx, "b", { key: Buffer.alloc(0), id: "" }, undefined, 1000));
    assert.deepEqual(await list(), objects.map(shownOf));
    const [first, second, ...others] = objects;
    if (first === undefined || second === undefined) throw new Error("there are several");
    const archived = { ...first, headers: { ...first.headers, storageClass: "DEEP_ARCHIVE" } };
    const restored = { ...archived, restore: { tier: "Bulk" as const, readyMs: 3, expiryMs: 4 } };
    await database.write(async (tx) => {
      assert.ok(await updateVersion(tx, first, "headers", JSON.stringify(archived.headers)));
      assert.ok(await updateRestore(tx, archived, restored.restore));
      await removeVersion(tx, "b", second.key, "null");
    });
    assert.deepEqual(await list(), [restored, ...others].map(shownOf));
    await database.close();
  } finally {
    folder.remove();
  }
});

test("a version that another one took the place of is listed as it was", async () => {
  const folder = testFolder();
  const database = await openSqlite({ path: `${folder.path}/s3.db`, key: testKey(), migrations: S3_MIGRATIONS });
  try {
    const older = objectsOf(["a\u0001", ...NAMES]).map((object) => ({ ...object, versionId: "older" }));
    const newer = older.map((object) => ({ ...object, bytes: 1, versionId: "newer", restore: undefined }));
    await database.write(async (tx) => {
      for (const object of [...older, ...newer]) await placeObject(tx, object, "Enabled");
      for (const { key } of newer)
        await placeMarker(tx, { bucketId: "b", key, versionId: "marker", modifiedMs: 7 }, "Enabled");
    });
    const start = { key: Buffer.alloc(0), id: "" };
    const listed = await database.read((tx) => listVersions(tx, "b", start, undefined, 1000));
    const kind = { storageClass: "", restore: undefined };
    const expected = older.flatMap((object, at) => [
      { key: object.key, bytes: 0, etag: "", modifiedMs: 7, kind, versionId: "marker", isLatest: true, isMarker: true },
      ...[newer[at] ?? object, object].map((one) => ({
        ...shownOf(one),
        versionId: one.versionId,
        isLatest: false,
        isMarker: false,
      })),
    ]);
    assert.deepEqual(listed, expected);
  } finally {
    await database.close();
    folder.remove();
  }
});
