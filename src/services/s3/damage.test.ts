import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { LIMITS, type LogFields, silentLog } from "../../base/index.js";
import { SEALED_SEGMENT_BYTES, SEGMENT_BYTES, STREAM_HEADER_BYTES } from "../../crypto/index.js";
import { testBody } from "../../kit/testing.js";
import { BUCKET, s3House } from "./testing.js";

const said: { readonly event: string; readonly fields: LogFields }[] = [];
const house = await s3House({
  log: { ...silentLog, error: (event, fields = {}) => said.push({ event, fields }) },
});
after(() => house.close());

const SEGMENTS = 12;
/** More than one run of the reader, so that the last segments are read after the answer began. */
const LONG = Buffer.alloc(SEGMENTS * SEGMENT_BYTES, "a long body ");
const segmentAt = (index: number) => STREAM_HEADER_BYTES + index * SEALED_SEGMENT_BYTES;
const pathOf = (blob: string) => join(house.folder, "blobs", blob.slice(0, 2), blob);

/** Puts the body and gives the path of its one blob. */
async function putBlob(key: string, body: Buffer): Promise<string> {
  const before = new Set(await house.blobNames());
  await house.put(BUCKET, key, body);
  const [blob = ""] = (await house.blobNames()).filter((name) => !before.has(name));
  return pathOf(blob);
}

function changed(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

const flip = (path: string, at: number, bit: number) =>
  changed(path, (bytes) => {
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = bytes.readUInt8(index) ^ bit;
  });

function swapSegments(bytes: Buffer, one: number, other: number): void {
  const [a, b] = [segmentAt(one), segmentAt(other)];
  const aside = Buffer.from(bytes.subarray(a, a + SEALED_SEGMENT_BYTES));
  bytes.copy(bytes, a, b, b + SEALED_SEGMENT_BYTES);
  aside.copy(bytes, b);
}

/** What came of a whole read, and of a read of its first byte alone. */
async function refused(key: string): Promise<{ readonly whole: unknown; readonly first: unknown }> {
  const error = (input: object) =>
    house.get(BUCKET, key, input).then(
      () => undefined,
      (thrown: Error) => thrown.name,
    );
  return { whole: await error({}), first: await error({ Range: "bytes=0-0" }) };
}

/** The one event, which names the object by ids alone. */
function assertTold(damage: "missing" | "changed", what: string): void {
  const [event, ...others] = said.splice(0);
  assert.equal(event?.event, "s3.damaged", what);
  assert.equal(event?.fields["damage"], damage, what);
  assert.match(String(event?.fields["body"]), /^[0-9a-f]{32}$|^[0-9a-z]{49}$/, what);
  assert.match(String(event?.fields["bucketId"]), /^[0-9a-f]{32}$/, what);
  assert.ok(
    others.every((other) => other.event === "s3.damaged"),
    what,
  );
  assert.doesNotMatch(JSON.stringify([event, others]), /the-object|a long body/, what);
}

test("a changed, swapped, cut, extended, older or foreign blob is an error that the log names", async () => {
  const path = await putBlob("the-object", LONG);
  const kept = `${path}-kept`;
  copyFileSync(path, kept);
  const other = await putBlob("the-object-beside", LONG);
  const harms: [string, "missing" | "changed", boolean, () => void][] = [
    ["a bit of the header", "changed", true, () => flip(path, 20, 1)],
    ["a bit of the first segment", "changed", true, () => flip(path, 100, 8)],
    ["a bit of the last tag", "changed", false, () => flip(path, -1, 128)],
    ["two segments swapped", "changed", true, () => changed(path, (bytes) => swapSegments(bytes, 0, 5))],
    ["two late segments swapped", "changed", false, () => changed(path, (bytes) => swapSegments(bytes, 10, 9))],
    ["cut at a segment", "changed", true, () => truncateSync(path, segmentAt(SEGMENTS - 1))],
    ["cut to the header", "changed", true, () => truncateSync(path, STREAM_HEADER_BYTES)],
    ["empty", "changed", true, () => truncateSync(path, 0)],
    ["a byte more", "changed", true, () => appendFileSync(path, "x")],
    ["a segment more", "changed", true, () => appendFileSync(path, Buffer.alloc(SEALED_SEGMENT_BYTES))],
    ["another object's blob", "changed", true, () => copyFileSync(other, path)],
    ["gone", "missing", true, () => rmSync(path)],
  ];
  for (const [what, damage, harmsFirst, harm] of harms) {
    harm();
    const { whole, first } = await refused("the-object");
    assert.ok(whole, what);
    assert.equal(first !== undefined, harmsFirst, `${what}: the first byte`);
    assertTold(damage, what);
    copyFileSync(kept, path);
    assert.ok((await house.get(BUCKET, "the-object")).text.equals(LONG), `${what}: mended`);
  }
});

test("an older body under the name of the newer one is an error", async () => {
  const older = await putBlob("rolled-back", LONG);
  renameSync(older, `${house.folder}/older`);
  const newer = await putBlob("rolled-back", LONG);
  renameSync(`${house.folder}/older`, newer);
  assert.ok((await refused("rolled-back")).first);
  assertTold("changed", "an older blob");
});

test("parts of one upload cannot stand for each other, though one key sealed them", async () => {
  const part = Buffer.alloc(LIMITS.s3MinPartBytes, "part ");
  const { UploadId } = await house.call<{ UploadId: string }>("CreateMultipartUpload", {
    Bucket: BUCKET,
    Key: "parts",
  });
  const Parts: object[] = [];
  const before = new Set(await house.blobNames());
  for (const PartNumber of [1, 2]) {
    const input = { Bucket: BUCKET, Key: "parts", UploadId, PartNumber };
    const { ETag } = await house.call<{ ETag: string }>("UploadPart", input, { body: testBody([part]) });
    Parts.push({ PartNumber, ETag });
  }
  await house.call("CompleteMultipartUpload", { Bucket: BUCKET, Key: "parts", UploadId, MultipartUpload: { Parts } });
  assert.equal((await house.get(BUCKET, "parts")).text.length, 2 * part.length);
  const [one = "", other = ""] = (await house.blobNames()).filter((name) => !before.has(name)).map(pathOf);
  renameSync(one, `${one}-aside`);
  renameSync(other, one);
  renameSync(`${one}-aside`, other);
  assert.ok((await refused("parts")).first);
  assertTold("changed", "swapped parts");
});

test("small bodies in rows: swapped, cut, extended and emptied ones are errors", async () => {
  await house.put(BUCKET, "one", "the same length");
  await house.put(BUCKET, "two", "THE SAME LENGTH");
  const rows = await house.database.read((tx) =>
    tx.all<{ body_id: string; sealed: Uint8Array }>(
      "SELECT body_id, sealed FROM pieces WHERE size = 15 ORDER BY body_id LIMIT 2",
    ),
  );
  const set = (body: string, sealed: Uint8Array | null) =>
    house.database.write((tx) => tx.run("UPDATE pieces SET sealed = ? WHERE body_id = ?", sealed, body));
  const [one, two] = rows as [(typeof rows)[0], (typeof rows)[0]]; // two were put
  const harms: [string, Uint8Array | null, Uint8Array | null][] = [
    ["swapped", two.sealed, one.sealed],
    ["cut", one.sealed.subarray(0, -1), two.sealed.subarray(0, 40)],
    ["extended", Buffer.concat([one.sealed, Buffer.alloc(1)]), Buffer.concat([two.sealed, two.sealed])],
    ["emptied", new Uint8Array(0), null],
  ];
  for (const [what, first, second] of harms) {
    await set(one.body_id, first);
    await set(two.body_id, second);
    for (const key of ["one", "two"]) {
      assert.ok((await refused(key)).first, `${what}: ${key}`);
      assertTold("changed", what);
    }
  }
});

test("a body that is replaced under its reader is no damage: the client is asked to try again", async () => {
  await house.put(BUCKET, "busy", LONG);
  const pieces = await house.database.read((tx) => tx.all("SELECT blob FROM pieces ORDER BY body_id LIMIT 100"));
  assert.ok(pieces.length > 0);
  const read = house.database.read.bind(house.database);
  house.database.read = async (unit) => {
    const found = await read(unit);
    if (!namesBlob(found)) return found;
    house.database.read = read;
    await house.put(BUCKET, "busy", "replaced");
    return found;
  };
  await assert.rejects(house.get(BUCKET, "busy"), { code: "SlowDown", status: 503 });
  assert.deepEqual(said, []);
  assert.equal((await house.get(BUCKET, "busy")).text.toString(), "replaced");
});

/** What a reader of a body is told before it opens anything. */
const namesBlob = (found: unknown): boolean =>
  Array.isArray(found) && found.some((piece: { readonly blob?: unknown }) => typeof piece.blob === "string");
