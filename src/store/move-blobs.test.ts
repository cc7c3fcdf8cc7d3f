import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Blobs } from "./blobs.js";
import { openDiskBlobs } from "./disk-blobs.js";
import { type MoveProgress, moveBlobs } from "./move-blobs.js";
import { testFolder } from "./testing.js";

const folder = testFolder();
after(() => folder.remove());

const NOW = new Date("2100-01-01T00:00:00Z");
const QUIET = { keep: false, now: NOW, told: () => {} };
let made = 0;
const open = () => {
  made += 1;
  const path = join(folder.path, String(made));
  return openDiskBlobs(path).then((blobs) => ({ blobs, path }));
};

/** A store with blobs of many sizes, and what they hold. */
async function filled() {
  const { blobs, path } = await open();
  const bodies = new Map<string, Buffer>();
  for (const bytes of [0, 1024 * 1024 + 1]) {
    const writer = await blobs.create();
    const body = randomBytes(bytes);
    await writer.write(body);
    await writer.commit();
    bodies.set(writer.name, body);
  }
  return { blobs, path, bodies };
}

async function contents(blobs: Blobs): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const name of await blobs.list(undefined, 1000)) {
    const reader = await blobs.open(name);
    const into = Buffer.alloc(reader.bytes);
    await reader.read(0, into);
    await reader.close();
    found.set(name, into);
  }
  return found;
}

const same = (left: Map<string, Buffer>, right: Map<string, Buffer>) =>
  assert.deepEqual(new Map([...left].sort()), new Map([...right].sort()));

test("every blob goes to the other store under its name, byte for byte, and leaves the old one", async () => {
  const from = await filled();
  const to = await open();
  const told: MoveProgress[] = [];
  const done = await moveBlobs(from.blobs, to.blobs, { ...QUIET, told: (progress) => told.push(progress) });
  const bytes = [...from.bodies.values()].reduce((sum, body) => sum + body.length, 0);
  assert.deepEqual(done, { phase: "copying", blobs: from.bodies.size, bytes, already: 0 });
  assert.deepEqual(
    told.map(({ phase }) => phase),
    ["copying", "removing"],
  );
  same(await contents(to.blobs), from.bodies);
  assert.equal((await contents(from.blobs)).size, 0);
  assert.deepEqual(readdirSync(join(to.path, "moving")), []);
});

test("what is kept lies in both, and moved again is only removed", async () => {
  const from = await filled();
  const to = await open();
  await moveBlobs(from.blobs, to.blobs, { ...QUIET, keep: true });
  same(await contents(from.blobs), from.bodies);
  same(await contents(to.blobs), from.bodies);
  const done = await moveBlobs(from.blobs, to.blobs, QUIET);
  assert.equal(done.already, from.bodies.size);
  assert.equal((await contents(from.blobs)).size, 0);
});

/** The other store breaks in the middle of the `at`-th blob that comes, after some of its bytes. */
const breaking = (blobs: Blobs, at: number): Blobs => {
  let left = at;
  const broken = async () => {
    throw new Error("away");
  };
  return {
    create: () => blobs.create(),
    open: (name) => blobs.open(name),
    remove: (name) => blobs.remove(name),
    list: (name, limit) => blobs.list(name, limit),
    describe: (name) => blobs.describe(name),
    abandonBefore: (time) => blobs.abandonBefore(time),
    flushNames: () => blobs.flushNames(),
    close: () => blobs.close(),
    async createNamed(name) {
      const writer = await blobs.createNamed(name);
      left -= 1;
      if (left >= 0) return writer;
      await writer.write(Buffer.from("some"));
      // As one that was killed: what was begun stays.
      return { name, bytes: 4, write: broken, commit: broken, abort: async () => {} };
    },
  };
};

test("nothing leaves the old store before all is in the new one; what was begun is done by the next run", async () => {
  const from = await filled();
  const to = await open();
  await assert.rejects(moveBlobs(from.blobs, breaking(to.blobs, 1), QUIET), { message: "away" });
  same(await contents(from.blobs), from.bodies);
  const there = await contents(to.blobs);
  for (const [name, body] of there) assert.ok(from.bodies.get(name)?.equals(body), "what has its name is whole");
  const done = await moveBlobs(from.blobs, to.blobs, QUIET);
  assert.equal(done.already, there.size);
  same(await contents(to.blobs), from.bodies);
  assert.equal((await contents(from.blobs)).size, 0);
});

test("one that was killed while it removed has the new store whole, and removes the rest", async () => {
  const from = await filled();
  const to = await open();
  let left = 1;
  const remove = async (name: string) => {
    left -= 1;
    if (left < 0) throw new Error("killed");
    await from.blobs.remove(name);
  };
  const dying: Blobs = { ...breaking(from.blobs, 0), remove };
  await assert.rejects(moveBlobs(dying, to.blobs, QUIET), { message: "killed" });
  same(await contents(to.blobs), from.bodies);
  await moveBlobs(from.blobs, to.blobs, QUIET);
  same(await contents(to.blobs), from.bodies);
  assert.equal((await contents(from.blobs)).size, 0);
});

test("what lies there in another length is written anew", async () => {
  const from = await filled();
  const to = await open();
  const [name = ""] = [...from.bodies.keys()].slice(-1);
  const writer = await to.blobs.createNamed(name);
  await writer.write(Buffer.from("another length"));
  await writer.commit();
  await moveBlobs(from.blobs, to.blobs, QUIET);
  same(await contents(to.blobs), from.bodies);
});
