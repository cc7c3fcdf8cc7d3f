import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { test } from "node:test";
import { openDiskBlobs } from "./disk-blobs.js";
import { StoreUnwritable } from "./errors.js";
import { testFolder } from "./testing.js";
import { AFTER_WRITE, type AfterWrite, type WriteOut, writeWhole } from "./write-out.js";

const [EIO, ENOSPC] = [5, 28];
const { flush, nothing } = AFTER_WRITE;
const isFull = { code: "ENOSPC" };

/** A disk that takes what each of its answers says: so many bytes at most, and then fails like that. */
function disk(...answers: { most?: number; failed?: number }[]) {
  const [bytes, asked, rooms] = [[] as number[], [] as AfterWrite[], { asked: 0 }];
  const write: WriteOut = async (_file, pieces, after) => {
    const { most = Number.POSITIVE_INFINITY, failed = 0 } = answers.shift() ?? {};
    const taken = Buffer.concat(pieces).subarray(0, most);
    bytes.push(...taken);
    asked.push(after);
    return [taken.length, failed];
  };
  const makeRoom = async () => {
    rooms.asked += 1;
    return rooms.asked < 3;
  };
  return { bytes, asked, rooms, write, makeRoom };
}

const PIECES = [Buffer.from([1, 2, 3]), Buffer.alloc(0), Buffer.from([4, 5]), Buffer.from([6])];

test("what was taken in parts is written once, in its order", async () => {
  for (const most of [1, 2, 3, 4, 5]) {
    const { bytes, asked, write, makeRoom } = disk({ most }, { most: 1 });
    await writeWhole(3, PIECES, flush, makeRoom, write);
    assert.deepEqual(bytes, [1, 2, 3, 4, 5, 6]);
    assert.equal(asked.at(-1), flush);
  }
});

test("a full disk is asked again while room is made, and told when there is none", async () => {
  const some = disk({ most: 2, failed: ENOSPC }, { most: 0, failed: ENOSPC });
  await writeWhole(3, PIECES, flush, some.makeRoom, some.write);
  assert.deepEqual([some.bytes, some.rooms.asked], [[1, 2, 3, 4, 5, 6], 2]);
  const none = disk(...Array.from({ length: 9 }, () => ({ most: 0, failed: ENOSPC })));
  await assert.rejects(writeWhole(3, PIECES, flush, none.makeRoom, none.write), isFull);
  assert.equal(none.rooms.asked, 3);
});

test("a flush that failed is not asked for again, whatever it says", async () => {
  for (const failed of [ENOSPC, EIO]) {
    const { asked, rooms, write, makeRoom } = disk({ failed });
    await assert.rejects(writeWhole(3, PIECES, flush, makeRoom, write));
    assert.deepEqual([asked.length, rooms.asked], [1, 0]);
  }
});

test("more pieces than the system takes go in several writes, with the flush behind the last", async () => {
  const { bytes, asked, write, makeRoom } = disk();
  await writeWhole(
    3,
    Array.from({ length: 2500 }, (_, at) => Buffer.from([at % 251])),
    flush,
    makeRoom,
    write,
  );
  assert.deepEqual(
    bytes,
    Array.from({ length: 2500 }, (_, at) => at % 251),
  );
  assert.deepEqual(asked, [nothing, nothing, flush]);
});

test("a flush without bytes is one, and Node's own means tell of a full disk likewise", async () => {
  const { asked, rooms, write, makeRoom } = disk();
  await writeWhole(3, [], flush, makeRoom, write);
  assert.deepEqual(asked, [flush]);
  const full = openSync("/dev/full", "w");
  await assert.rejects(writeWhole(full, PIECES, nothing, makeRoom, undefined), isFull);
  closeSync(full);
  assert.equal(rooms.asked, 3);
});

test("a blob is committed when its last bytes are flushed, and not when that failed", async () => {
  const folder = testFolder();
  const state = { failed: 0, let: () => {} };
  const held: WriteOut = async (_file, pieces, after) => {
    if (after === flush) await new Promise<void>((resolve) => Object.assign(state, { let: resolve }));
    return [Buffer.concat(pieces).length, after === flush ? state.failed : 0];
  };
  try {
    const blobs = await openDiskBlobs(folder.path, held);
    for (const failed of [0, EIO]) {
      const writer = await blobs.create();
      await writer.write(randomBytes(100_000));
      let hasEnded = false;
      const committed = writer.commit(randomBytes(100_000)).finally(() => {
        hasEnded = true;
      });
      committed.catch(() => {});
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(hasEnded, false);
      assert.equal(writer.bytes, 200_000);
      Object.assign(state, { failed });
      state.let();
      if (failed === 0) await committed;
      else {
        await assert.rejects(committed, StoreUnwritable);
        await writer.abort();
        assert.equal(await blobs.describe(writer.name), undefined);
      }
    }
  } finally {
    folder.remove();
  }
});
