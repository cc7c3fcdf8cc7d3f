import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readlinkSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BlobMissing, type BlobReader, type Blobs } from "./blobs.js";
import { openDiskBlobs } from "./disk-blobs.js";
import { StoreDamaged } from "./errors.js";
import { startAcknowledging, testFolder } from "./testing.js";

const BLOB_WRITER = fileURLToPath(new URL("./test-blob-writer.js", import.meta.url));

async function withBlobs(run: (blobs: Blobs, folder: string) => Promise<void>) {
  const folder = testFolder();
  try {
    await run(await openDiskBlobs(folder.path), folder.path);
  } finally {
    folder.remove();
  }
}

async function put(blobs: Blobs, ...pieces: Uint8Array[]): Promise<string> {
  const writer = await blobs.create();
  for (const piece of pieces) await writer.write(piece);
  await writer.commit();
  return writer.name;
}

async function get(reader: BlobReader): Promise<Buffer> {
  const into = Buffer.alloc(reader.bytes);
  await reader.read(0, into);
  await reader.close();
  return into;
}

test("pieces of every size come back as one, from any position", async () => {
  await withBlobs(async (blobs) => {
    const pieces = [0, 1, 100, 65_535, 65_536, 65_537, 3, 300_000, 1_000_000, 17].map((size) => randomBytes(size));
    const whole = Buffer.concat(pieces);
    const reader = await blobs.open(await put(blobs, ...pieces));
    assert.equal(reader.bytes, whole.length);
    for (const [position, length] of [
      [0, 1],
      [65_530, 40_000],
      [whole.length - 5, 5],
      [7, 0],
    ] as const) {
      const into = Buffer.alloc(length);
      await reader.read(position, into);
      assert.ok(into.equals(whole.subarray(position, position + length)));
    }
    assert.ok((await get(reader)).equals(whole));
  });
});

test("the writer's buffer may be used again at once", async () => {
  await withBlobs(async (blobs) => {
    const writer = await blobs.create();
    const buffer = Buffer.alloc(10);
    for (let value = 0; value < 3; value += 1) await writer.write(buffer.fill(value));
    assert.equal(writer.bytes, 30);
    await writer.commit();
    const bytes = await get(await blobs.open(writer.name));
    assert.deepEqual([bytes[0], bytes[10], bytes[20]], [0, 1, 2]);
  });
});

test("an empty blob is a blob", async () => {
  await withBlobs(async (blobs) => {
    assert.equal((await get(await blobs.open(await put(blobs)))).length, 0);
  });
});

test("an aborted blob is gone, and neither state can be left again", async () => {
  await withBlobs(async (blobs) => {
    const writer = await blobs.create();
    await writer.write(randomBytes(100_000));
    await writer.abort();
    await writer.abort();
    await assert.rejects(blobs.open(writer.name), BlobMissing);
    await assert.rejects(writer.write(randomBytes(1)));
    await assert.rejects(writer.commit());
    const committed = await blobs.create();
    await committed.commit();
    await assert.rejects(committed.abort());
    await assert.rejects(committed.commit());
    assert.deepEqual(await blobs.list(undefined, 10), [committed.name]);
  });
});

test("removing is repeatable and leaves open readers alone", async () => {
  await withBlobs(async (blobs) => {
    const name = await put(blobs, Buffer.from("abc"));
    const reader = await blobs.open(name);
    await blobs.remove(name);
    await blobs.remove(name);
    await assert.rejects(blobs.open(name), BlobMissing);
    assert.equal((await get(reader)).toString(), "abc");
  });
});

test("a name that create never gave reaches no file", async () => {
  await withBlobs(async (blobs) => {
    for (const name of ["../secret", "", "a".repeat(31), `${"a".repeat(31)}/`, "A".repeat(32)]) {
      await assert.rejects(blobs.open(name));
      await assert.rejects(blobs.remove(name));
    }
  });
});

test("a blob that was cut is damage, not less data", async () => {
  await withBlobs(async (blobs, folder) => {
    const name = await put(blobs, randomBytes(1000));
    const reader = await blobs.open(name);
    truncateSync(join(folder, name.slice(0, 2), name), 500);
    await assert.rejects(reader.read(400, Buffer.alloc(200)), StoreDamaged);
    await reader.close();
    await reader.close();
    await assert.rejects(reader.read(0, Buffer.alloc(1)));
  });
});

test("the list goes through all blobs in order, a part at a time", async () => {
  await withBlobs(async (blobs) => {
    const names = await Promise.all(Array.from({ length: 40 }, () => put(blobs, randomBytes(10))));
    const listed: string[] = [];
    for (let after: string | undefined; ; after = listed.at(-1)) {
      const part = await blobs.list(after, 7);
      assert.ok(part.length <= 7);
      if (part.length === 0) break;
      listed.push(...part);
    }
    assert.deepEqual(listed, names.sort());
    const described = await blobs.describe(names[0] ?? "");
    assert.ok(described?.bytes === 10 && described.modifiedAt.getTime() > 0);
    assert.equal(await blobs.describe("0".repeat(32)), undefined);
  });
});

test("a list that begins again sees what is new, and one that goes on gives nothing twice", async () => {
  await withBlobs(async (blobs) => {
    const first = await put(blobs, randomBytes(10));
    assert.deepEqual(await blobs.list(undefined, 10), [first]);
    const second = await put(blobs, randomBytes(10));
    assert.deepEqual(await blobs.list(undefined, 10), [first, second].sort());
    assert.deepEqual(await blobs.list([first, second].sort()[1], 10), []);
    await blobs.remove(first);
    assert.deepEqual(await blobs.list(undefined, 10), [second]);
  });
});

test("only the owner may read the files", async () => {
  await withBlobs(async (blobs, folder) => {
    const name = await put(blobs, randomBytes(10));
    assert.equal(statSync(join(folder, name.slice(0, 2), name)).mode & 0o077, 0);
    assert.ok(readdirSync(folder).every((sub) => (statSync(join(folder, sub)).mode & 0o077) === 0));
  });
});

test("a folder that is flushed stays open, once; a blob's own file does not", async () => {
  await withBlobs(async (blobs, folder) => {
    const opened = () =>
      readdirSync("/proc/self/fd").flatMap((file) => {
        try {
          const path = readlinkSync(join("/proc/self/fd", file));
          return path.startsWith(folder) ? [path] : [];
        } catch {
          return []; // the one that listed them
        }
      });
    const names = await Promise.all(Array.from({ length: 20 }, () => put(blobs, randomBytes(10))));
    const abandoned = await blobs.create();
    await abandoned.write(randomBytes(10));
    await abandoned.abort();
    const folders = new Set([...names, abandoned.name].map((name) => join(folder, name.slice(0, 2))));
    const open = opened();
    assert.deepEqual(
      open.filter((path) => path !== folder && !folders.has(path)),
      [],
    );
    assert.equal(new Set(open).size, open.length);
    assert.ok(open.length > 1);
  });
});

test("a full disk refuses the blob and keeps what was committed", async (t) => {
  const folder = testFolder();
  const isolated = ["-Urm", "sh", "-c"];
  const mount = `mount -t tmpfs -o size=3m none ${folder.path}`;
  if (spawnSync("unshare", [...isolated, mount]).status !== 0) return t.skip("needs user namespaces and tmpfs");
  const run = startAcknowledging(
    "",
    [...isolated, `${mount} && exec ${process.execPath} ${BLOB_WRITER} ${folder.path}`],
    "unshare",
  );
  assert.equal(await run.ended, 0);
  assert.deepEqual(run.lines, ["kept", "StoreFull", "still there", "room again"]);
  folder.remove();
});

test("a blob under a given name is there with its commit and not before, and what was begun is swept", async () => {
  await withBlobs(async (blobs, folder) => {
    const name = "ab".repeat(16);
    const writer = await blobs.createNamed(name);
    await writer.write(randomBytes(300_000));
    assert.deepEqual(await blobs.list(undefined, 10), []);
    assert.equal(await blobs.describe(name), undefined);
    await assert.rejects(blobs.open(name), BlobMissing);
    await writer.commit();
    await blobs.flushNames();
    assert.deepEqual(await blobs.list(undefined, 10), [name]);
    assert.equal((await blobs.describe(name))?.bytes, 300_000);
    const begun = await blobs.createNamed("cd".repeat(16));
    await begun.write(randomBytes(300_000));
    assert.equal(await blobs.abandonBefore(new Date(0)), 0);
    assert.equal(await blobs.abandonBefore(new Date("2100-01-01T00:00:00Z")), 1);
    assert.deepEqual(readdirSync(join(folder, "moving")), []);
    await begun.abort();
    assert.deepEqual(await blobs.list(undefined, 10), [name]);
  });
});
