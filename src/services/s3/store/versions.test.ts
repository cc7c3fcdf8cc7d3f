import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqlite, type WriteTx } from "../../../store/index.js";
import { testFolder, testKey } from "../../../store/testing.js";
import { listPage } from "../listing.js";
import {
  findVersion,
  listVersionKeys,
  listVersions,
  NULL_VERSION,
  placeMarker,
  placeObject,
  positionOf,
  removeVersion,
  S3_MIGRATIONS,
  type Versioning,
} from "./index.js";
import { emptyObject } from "./test-objects.js";

const SEED = 20261121;

/** Small and repeatable: what happens next is told by the seed alone. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

interface Entry {
  readonly versionId: string;
  readonly isMarker: boolean;
}

/** What S3's guide says of versions, with no thought of tables: the newest first. */
class Model {
  readonly keys = new Map<string, Entry[]>();

  place(key: string, entry: Entry, versioning: Versioning): void {
    const before = versioning === undefined ? [] : this.of(key).filter((one) => one.versionId !== entry.versionId);
    this.keys.set(key, [entry, ...before]);
  }

  remove(key: string, versionId: string): void {
    this.keys.set(
      key,
      this.of(key).filter((one) => one.versionId !== versionId),
    );
  }

  of(key: string): Entry[] {
    return this.keys.get(key) ?? [];
  }

  listed(): string[] {
    return [...this.keys.keys()]
      .sort()
      .flatMap((key) =>
        this.of(key).map((one, at) => `${key} ${one.versionId} ${one.isMarker ? "marker" : "object"} ${at === 0}`),
      );
  }
}

const object = (key: string, versionId: string, step: number) => emptyObject(key, versionId, `body ${step}`, step);

test(`a thousand random writes and deletions leave what a plain model holds (seed ${SEED})`, async () => {
  const folder = testFolder();
  const database = await openSqlite({ path: `${folder.path}/s3.db`, key: testKey(), migrations: S3_MIGRATIONS });
  const next = sequence(SEED);
  const model = new Model();
  const pages = async (limit: number) => {
    const seen: string[] = [];
    for (let marker: { key: string; versionId: string } | undefined; ; ) {
      const from = marker;
      const page = await database.read(async (tx) =>
        listPage(
          {
            prefix: "",
            delimiter: "",
            limit,
            after: from && (await positionOf(tx, "b", from.key, from.versionId)),
          },
          (start, before, count) => listVersions(tx, "b", start, before, count),
          (start, before, count) => listVersionKeys(tx, "b", start, before, count),
        ),
      );
      for (const entry of page.entries) {
        if (!("row" in entry)) continue;
        const { key, versionId, isMarker, isLatest } = entry.row;
        seen.push(`${key} ${versionId} ${isMarker ? "marker" : "object"} ${isLatest}`);
        marker = { key: key, versionId };
      }
      if (!page.truncated) return seen;
    }
  };
  const change = async (tx: WriteTx, step: number) => {
    const key = `k${next(3)}`;
    const versioning = step < 20 ? undefined : next(3) === 0 ? "Suspended" : "Enabled";
    const versionId = versioning === "Enabled" ? `v${step}` : NULL_VERSION;
    const kind = next(10);
    const entries = model.of(key);
    if (kind < 4) {
      await placeObject(tx, object(key, versionId, step), versioning);
      model.place(key, { versionId, isMarker: false }, versioning);
    } else if (kind < 6 && versioning) {
      await placeMarker(tx, { bucketId: "b", key, versionId, modifiedMs: step }, versioning);
      model.place(key, { versionId, isMarker: true }, versioning);
    } else {
      const named = entries[next(2) === 0 ? 0 : next(Math.max(entries.length, 1))]?.versionId ?? "never";
      const { wasMarker } = await removeVersion(tx, "b", key, named);
      assert.equal(wasMarker, entries.find((one) => one.versionId === named)?.isMarker ?? false);
      model.remove(key, named);
    }
    const latest = await findVersion(tx, "b", key, undefined);
    const [expected] = model.of(key);
    assert.equal((latest.object ?? latest.marker)?.versionId, expected?.versionId, `step ${step}`);
    assert.equal(latest.marker !== undefined, expected?.isMarker ?? false, `step ${step}`);
  };
  try {
    await database.write(async (tx) => {
      for (let step = 0; step < 1000; step += 1) await change(tx, step);
    });
    assert.ok(model.listed().length > 10);
    assert.deepEqual(await pages(1000), model.listed());
    assert.deepEqual(await pages(1), model.listed());
    assert.deepEqual(await pages(3), model.listed());
  } finally {
    await database.close();
    folder.remove();
  }
});
