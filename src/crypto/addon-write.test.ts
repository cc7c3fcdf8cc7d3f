import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { primitives } from "./primitives.js";

const folder = mkdtempSync(join(tmpdir(), "strongroom-write-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "file");
const { write } = primitives;
const { EBADF, ENOSPC } = constants.errno;

test("pieces of every size are appended in their order, whatever comes behind", { skip: !write }, async () => {
  const file = openSync(path, "w");
  const all: Buffer[] = [];
  for (const behind of [0, 1, 2, 1, 0, 2] as const) {
    const pieces = [0, 1, 40, 65_552, 0, 300_000].map((bytes) => randomBytes(bytes));
    all.push(...pieces);
    assert.deepEqual(await write?.(file, pieces, behind), [365_593, 0]);
  }
  assert.deepEqual(await write?.(file, [], 2), [0, 0]);
  closeSync(file);
  assert.ok(readFileSync(path).equals(Buffer.concat(all)));
});

test("what the system refuses is told, with what was written before", { skip: !write }, async () => {
  const full = openSync("/dev/full", "w");
  assert.deepEqual(await write?.(full, [randomBytes(10)], 0), [0, ENOSPC]);
  closeSync(full);
  const readOnly = openSync(path, "r");
  assert.deepEqual(await write?.(readOnly, [randomBytes(10)], 2), [0, EBADF]);
  closeSync(readOnly);
});

test("whoever takes pieces out of the list, or drops it, does not change what is written", {
  skip: !write,
}, async () => {
  const file = openSync(path, "w");
  const pieces = Array.from({ length: 1024 }, () => randomBytes(300));
  const wanted = Buffer.concat(pieces);
  const written = write?.(file, pieces, 1);
  pieces.length = 0;
  assert.deepEqual(await written, [wanted.length, 0]);
  closeSync(file);
  assert.ok(readFileSync(path).equals(wanted));
});

test("what is no file, no list of bytes or no end is refused", { skip: !write }, () => {
  const many = Array.from({ length: 1025 }, () => Buffer.alloc(1));
  const wrong: readonly (readonly unknown[])[] = [
    [-1, [], 0],
    ["1", [], 0],
    [1, many, 0],
    [1, ["text"], 0],
    [1, [new Uint16Array(2)], 0],
    [1, Buffer.alloc(3), 0],
    [1, undefined, 0],
    [1, [], 3],
    [1, [], -1],
    [1, []],
  ];
  for (const given of wrong) assert.throws(() => Reflect.apply(write!, undefined, given), given.toString());
});
