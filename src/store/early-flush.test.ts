import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { after, afterEach, test } from "node:test";
import type { Blobs } from "./blobs.js";
import type { openDiskBlobs } from "./disk-blobs.js";
import { StoreUnwritable } from "./errors.js";
import { testFolder } from "./testing.js";

type Done = (failure: Error | null) => void;
const MIB = Buffer.alloc(1024 * 1024, 7);

/** Flushes that were asked for and are held back, in their order. */
const held: { readonly end: (failure?: Error) => void }[] = [];
let holds = false;

/** A copy of the module, whose flushes of blobs this test lets through, holds back or fails. */
async function blobsOf(folder: string): Promise<Blobs> {
  const real = fs.fdatasync;
  const flush = (file: number, done: Done) => {
    if (!holds) return real(file, done);
    held.push({ end: (failure) => (failure === undefined ? real(file, done) : done(failure)) });
  };
  fs.fdatasync = flush as typeof fs.fdatasync; // Node's own calls back likewise
  syncBuiltinESMExports();
  try {
    const copy: string = "./disk-blobs.js?early-flush";
    const opened = (await import(copy)) as { openDiskBlobs: typeof openDiskBlobs }; // what it exports
    return await opened.openDiskBlobs(folder);
  } finally {
    fs.fdatasync = real;
    syncBuiltinESMExports();
  }
}

const folder = testFolder();
const blobs = await blobsOf(folder.path);

after(() => folder.remove());
afterEach(() => {
  holds = false;
  for (const flush of held.splice(0)) flush.end();
});

/** Whether it has ended once all that is ready has run. */
async function hasEnded(promise: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const note = () => {
    ended = true;
  };
  promise.then(note, note);
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  return ended;
}

async function written(mib: number) {
  const writer = await blobs.create();
  for (let nth = 0; nth < mib; nth += 1) await writer.write(MIB);
  return writer;
}

test("a long blob is flushed while the rest of it comes, and is committed when all of it is on the disk", async () => {
  holds = true;
  const writer = await written(3);
  assert.equal(held.length, 0);
  await writer.write(MIB);
  assert.equal(held.length, 1);
  for (let nth = 0; nth < 6; nth += 1) await writer.write(MIB);
  assert.equal(held.length, 1, "one at a time");
  const committed = writer.commit();
  assert.equal(await hasEnded(committed), false, "the early one is not on the disk");
  holds = false;
  // The last flush is held as well where this file is the first to load the module that asks for it.
  for (const flush of held.splice(0)) flush.end();
  await committed;
  const reader = await blobs.open(writer.name);
  const into = Buffer.alloc(reader.bytes);
  await reader.read(0, into);
  await reader.close();
  assert.deepEqual(into, Buffer.concat(Array.from({ length: 10 }, () => MIB)));
});

test("an early flush that fails fails the commit, whatever the later ones say", async () => {
  holds = true;
  const writer = await written(4);
  holds = false;
  held.pop()?.end(Object.assign(new Error("EIO"), { code: "EIO" }));
  for (let nth = 0; nth < 5; nth += 1) await writer.write(MIB);
  await assert.rejects(writer.commit(), StoreUnwritable);
  await writer.abort();
  assert.equal(await blobs.describe(writer.name), undefined);
});

test("of two blobs one is flushed early, and the other when its turn has come", async () => {
  holds = true;
  const [first, second] = [await written(4), await written(4)];
  assert.equal(held.length, 1);
  holds = false;
  held.pop()?.end();
  await first.commit();
  holds = true;
  await second.write(MIB);
  assert.equal(held.length, 1);
  holds = false;
  held.pop()?.end();
  await second.commit();
});

test("a blob that is given up keeps its file until the flush has ended", async () => {
  holds = true;
  const writer = await written(4);
  const aborted = writer.abort();
  assert.equal(await hasEnded(aborted), false);
  assert.notEqual(await blobs.describe(writer.name), undefined);
  held.pop()?.end();
  await aborted;
  assert.equal(await blobs.describe(writer.name), undefined);
});
