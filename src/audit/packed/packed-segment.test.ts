import assert from "node:assert/strict";
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { test } from "node:test";
import { SealingKey } from "../../crypto/index.js";
import { after, firstPosition, NO_HASH, recordsOf, SEGMENT_HEADER_BYTES, segmentPath, TrailDamaged } from "../frame.js";
import { FrameFiles } from "../frame-files.js";
import { openLedger, verifyLedger } from "../ledger/index.js";
import { openSegment } from "../segment-file.js";
import { readSegment, walkSegment, wholeFrame } from "../segments.js";
import { testKey } from "../testing.js";
import { verifyTrail } from "../verify.js";
import { decodeDirectory, directoryAad, PACKED_HEADER_BYTES, parsePackedHeader } from "./format.js";
import { month, packAll, packable } from "./testing.js";

const KEY = SealingKey.of(testKey());
const FIRST = { slot: "w0", segment: 1 };
/** Long enough that a few records fill a block. */
const PADDING = 30_000;

/** Where the sealed blocks of a packed segment lie, and the first frame of each. */
function blocksIn(packed: Buffer, segment = 1) {
  const directoryBytes = parsePackedHeader(packed)?.directoryBytes ?? 0;
  let at = PACKED_HEADER_BYTES + directoryBytes;
  const aad = directoryAad({ slot: "w0", segment }, packed);
  return decodeDirectory(KEY.open(packed.subarray(PACKED_HEADER_BYTES, at), aad)).blocks.map((block) => {
    at += block.sealedBytes;
    return { ...block, at: at - block.sealedBytes, end: at };
  });
}

test("every changed byte and every cut of a packed segment is found", async () => {
  await month(async (trail, folder) => {
    const walk = () => walkSegment(KEY, folder, FIRST, { before: NO_HASH, isLast: false });
    const whole = walk();
    await packAll(trail);
    const path = segmentPath(folder, FIRST);
    const packed = readFileSync(path);
    assert.deepEqual(walk(), whole);
    const file = openSync(path, "r+");
    for (const [at, byte] of packed.entries()) {
      writeSync(file, Buffer.of(byte ^ (1 << (at % 8))), 0, 1, at);
      assert.throws(walk, TrailDamaged, `byte ${at}`);
      writeSync(file, Buffer.of(byte), 0, 1, at);
    }
    assert.deepEqual(walk(), whole);
    for (let length = packed.length - 1; length > 0; length -= 97) {
      ftruncateSync(file, length);
      assert.throws(walk, TrailDamaged, `cut to ${length}`);
      const [report] = await verifyTrail(folder, testKey());
      assert.match(report?.damage ?? "", /slot w0, segment 1, frame \d/, `cut to ${length}`);
    }
    closeSync(file);
  });
});

test("a frame is read by its place alone, and no place but its beginning is one", async () => {
  await month(async (trail, folder) => {
    const { bytes } = readSegment(KEY, folder, FIRST);
    const frames = walkSegment(KEY, folder, FIRST, {}).frames;
    await packAll(trail);
    assert.ok(blocksIn(readFileSync(segmentPath(folder, FIRST))).length > 1);
    const files = new FrameFiles(folder, KEY);
    for (const { at, records } of frames.toReversed()) {
      assert.deepEqual(files.recordsAt(FIRST, at.offset), records);
      assert.throws(() => files.recordsAt(FIRST, at.offset + 1), TrailDamaged);
    }
    for (const nowhere of [0, bytes.length, bytes.length + 1])
      assert.throws(() => files.recordsAt(FIRST, nowhere), TrailDamaged);
    files.close();
    const file = openSegment(KEY, folder, FIRST);
    const read = (offset: number, length: number) => file.read(offset, length).subarray(0, length);
    for (const [offset, length] of [
      [0, 10],
      [10, 60],
      [47, 2],
      [48, 1],
      [bytes.length - 1, 9],
      [bytes.length, 9],
      [bytes.length >> 1, bytes.length],
    ] as const)
      assert.deepEqual(read(offset, length), bytes.subarray(offset, offset + length), `${offset}, ${length}`);
    file.close();
  }, PADDING);
});

test("frames that were made again are a chain that a hash vouches for, also without a key", async () => {
  await month(async (trail, folder) => {
    const end = walkSegment(KEY, folder, FIRST, {}).end;
    await packAll(trail);
    const { bytes } = readSegment(KEY, folder, FIRST);
    let at = firstPosition(1, bytes.subarray(0, SEGMENT_HEADER_BYTES));
    for (let frame = wholeFrame(bytes, at.offset); frame; frame = wholeFrame(bytes, at.offset)) at = after(at, frame);
    assert.deepEqual(at, end);
  });
});

test("a block in another's place does not open: of the same segment, of the next one", async () => {
  await month(async (trail, folder) => {
    await packAll(trail);
    assert.ok(packable(folder).length > 1);
    const path = segmentPath(folder, FIRST);
    const packed = readFileSync(path);
    const next = readFileSync(segmentPath(folder, { slot: "w0", segment: 2 }));
    const [one, two] = blocksIn(packed);
    const [other] = blocksIn(next, 2);
    assert.ok(one && two && other);
    const swapped = [
      packed.subarray(0, one.at),
      packed.subarray(two.at, two.end),
      packed.subarray(one.at, one.end),
      packed.subarray(two.end),
    ];
    const foreign = [packed.subarray(0, one.at), next.subarray(other.at, other.end), packed.subarray(one.end)];
    for (const changed of [swapped, foreign, [next]]) {
      writeFileSync(path, Buffer.concat(changed));
      const [report] = await verifyTrail(folder, testKey());
      assert.match(report?.damage ?? "", /slot w0, segment 1, frame 0/);
    }
  }, PADDING);
});

test("damage in one block is named by its frame; what stands before it is read, and so is every other block", async () => {
  await month(async (trail, folder) => {
    const { frames } = walkSegment(KEY, folder, FIRST, {});
    await packAll(trail);
    const path = segmentPath(folder, FIRST);
    const packed = readFileSync(path);
    const [, broken] = blocksIn(packed);
    assert.ok(broken);
    packed[broken.at + 40] = (packed[broken.at + 40] ?? 0) ^ 1;
    writeFileSync(path, packed);
    const told = new RegExp(`slot w0, segment 1, frame ${broken.frame}: `);
    assert.match((await verifyTrail(folder, testKey()))[0]?.damage ?? "", told);
    const [chain] = await verifyLedger(openLedger(folder, testKey()));
    assert.match(chain?.findings.join() ?? "", told);
    const before = frames.filter(({ at }) => at.frame < broken.frame).flatMap(({ records }) => records);
    assert.equal(chain?.records, before.length);
    await assert.rejects(trail.audit.readOn([], 100), told);
    const named = (value: string) =>
      trail.audit.lookup({
        account: "111122223333",
        region: "us-east-1",
        limit: 9,
        attribute: { key: "EventId", value },
      });
    assert.equal((await named("d1")).items.length, 1);
    assert.equal((await named("d30")).items.length, 1);
    const lost: { eventID: string } = JSON.parse(
      frames.find(({ at }) => at.frame === broken.frame)?.records[0] ?? recordsOf(Buffer.alloc(0)).join(),
    );
    await assert.rejects(named(lost.eventID), told);
  }, PADDING);
});
