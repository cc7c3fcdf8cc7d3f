import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FolderInUse } from "./errors.js";
import { lockFolder, whileLocked } from "./folder-lock.js";
import { startAcknowledging, testFolder } from "./testing.js";

const LOCKER = fileURLToPath(new URL("./test-locker.js", import.meta.url));

test("a second server is refused, in this process and in another, until the first lets go", async () => {
  const folder = testFolder();
  const lock = await lockFolder(folder.path);
  await assert.rejects(lockFolder(folder.path), FolderInUse);
  const other = startAcknowledging(LOCKER, [folder.path]);
  await other.ended;
  assert.deepEqual(other.lines, ["FolderInUse"]);
  lock.release();
  (await lockFolder(folder.path)).release();
  folder.remove();
});

test("the lock of a killed server is free at once", async () => {
  const folder = testFolder();
  const other = startAcknowledging(LOCKER, [folder.path]);
  await other.have(1);
  assert.deepEqual(other.lines, ["locked"]);
  await assert.rejects(lockFolder(folder.path), FolderInUse);
  other.child.kill("SIGKILL");
  await other.ended;
  (await lockFolder(folder.path)).release();
  folder.remove();
});

test("two folders have two locks, and a folder that is not there is made", async () => {
  const folder = testFolder();
  const one = await lockFolder(join(folder.path, "one"));
  const two = await lockFolder(join(folder.path, "two"));
  one.release();
  two.release();
  folder.remove();
});

test("work behind one lock never overlaps, and a failure frees it", async () => {
  const folder = testFolder();
  const path = join(folder.path, "turn");
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => whileLocked(path, work)));
  assert.equal(most, 1);
  await assert.rejects(
    whileLocked(path, () => Promise.reject(new RangeError("mine"))),
    RangeError,
  );
  assert.equal(await whileLocked(path, async () => "free"), "free");
  folder.remove();
});
