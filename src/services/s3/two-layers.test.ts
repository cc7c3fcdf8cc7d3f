import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BrokenSeal, newKey, SegmentOpener, STREAM_HEADER_BYTES, sealedStreamBytes } from "../../crypto/index.js";
import { sealedSegments as format, type TwoKeys } from "./piece-format.js";
import { BUCKET, KEY_ARN, KEY_ID, type S3House, s3House } from "./testing.js";

const OWNER = Buffer.from("a piece of a test");

function sealed(keys: TwoKeys, plaintext: Buffer): Buffer {
  const sealer = format.sealer(keys, OWNER);
  const out: Uint8Array[] = [];
  for (let at = 0; at < plaintext.length; at += 50_001) out.push(...sealer.push(plaintext.subarray(at, at + 50_001)));
  return Buffer.concat([...out, ...sealer.end()]);
}

/** All segments of a stream under one key. */
function opened(stream: Buffer, key: TwoKeys["inner"], owner: Buffer, plaintextBytes: number): Buffer {
  const opener = SegmentOpener.of(key, owner, stream.subarray(0, STREAM_HEADER_BYTES), plaintextBytes);
  return Buffer.concat(opener.openRun(0, stream.subarray(STREAM_HEADER_BYTES)));
}
const OUTER_OWNER = Buffer.concat([OWNER, Buffer.from("\0layer 2")]);

test("taking one layer away leaves ciphertext, and each layer opens with its own key alone", () => {
  const keys = { inner: newKey(), outer: newKey() };
  const plaintext = Buffer.from("what two keys are needed for. ".repeat(5000));
  const stored = sealed(keys, plaintext);
  const between = sealedStreamBytes(plaintext.length);
  assert.equal(stored.length, format.storedBytes(plaintext.length, 2));
  assert.ok(!stored.includes("two keys"));

  const withoutOuter = opened(stored, keys.outer, OUTER_OWNER, between);
  assert.equal(withoutOuter.length, between);
  assert.ok(!withoutOuter.includes("two keys"), "one layer is still there");
  assert.deepEqual(opened(withoutOuter, keys.inner, OWNER, plaintext.length), plaintext);

  assert.throws(() => opened(stored, keys.inner, OWNER, between), BrokenSeal);
  assert.throws(() => opened(stored, keys.inner, OUTER_OWNER, between), BrokenSeal);
  assert.throws(() => opened(withoutOuter, keys.outer, OUTER_OWNER, plaintext.length), BrokenSeal);
  assert.throws(() => opened(withoutOuter, keys.outer, OWNER, plaintext.length), BrokenSeal);
});

let house: S3House;
before(async () => {
  house = await s3House();
});
after(() => house.close());
const DSSE = { ServerSideEncryption: "aws:kms:dsse", SSEKMSKeyId: KEY_ID };
const bytes = (count: number) => Buffer.from(Array.from({ length: count }, (_, at) => (at * 7 + (at >> 8)) & 0xff));

test("bodies of every length come back, whole and by range", async () => {
  for (const length of [0, 1, 16 * 1024, 65_536, 65_537, 131_072 + 40, 700_001]) {
    const body = bytes(length);
    const put = await house.put(BUCKET, "dsse", body, DSSE);
    assert.deepEqual([put["ServerSideEncryption"], put["SSEKMSKeyId"]], ["aws:kms:dsse", KEY_ARN]);
    const got = await house.get(BUCKET, "dsse");
    assert.equal(got["ServerSideEncryption"], "aws:kms:dsse");
    assert.ok(got.text.equals(body), `whole of ${length}`);
    for (const [first, last] of [
      [0, 0],
      [65_535, 65_536],
      [65_480, 65_560],
      [length >> 1, length - 1],
      [length - 1, length - 1],
    ] as const) {
      if (first < 0 || last >= length || first > last) continue;
      const { text } = await house.get(BUCKET, "dsse", { Range: `bytes=${first}-${last}` });
      assert.ok(text.equals(body.subarray(first, last + 1)), `${first}-${last} of ${length}`);
    }
  }
});

test("every use is one call to KMS, and a changed byte of either layer is an error", async () => {
  const asked = house.keys.calls.length;
  await house.put(BUCKET, "calls", "x", DSSE);
  await house.get(BUCKET, "calls");
  await house.get(BUCKET, "calls");
  assert.deepEqual(
    house.keys.calls.slice(asked).map((call) => call.operation),
    ["GenerateDataKey", "Decrypt", "Decrypt"],
  );
  const { sealed: stored } = (await house.database.read((tx) =>
    tx.get<{ sealed: Uint8Array }>("SELECT sealed FROM pieces WHERE layers = 2 AND sealed IS NOT NULL LIMIT 1"),
  ))!;
  for (let at = 0; at < stored.length; at += 5) {
    const changed = Buffer.from(stored);
    changed[at]! ^= 1;
    await house.database.write((tx) =>
      tx.run("UPDATE pieces SET sealed = ? WHERE layers = 2 AND sealed IS NOT NULL", changed),
    );
    await assert.rejects(house.get(BUCKET, "calls"), `byte ${at}`);
  }
  await house.database.write((tx) =>
    tx.run("UPDATE pieces SET sealed = ? WHERE layers = 2 AND sealed IS NOT NULL", stored),
  );
  assert.equal((await house.get(BUCKET, "calls")).text.toString(), "x");
});

test("without KMS's key S3's own opens nothing, and the other way round", async () => {
  await house.put(BUCKET, "halves", "x", DSSE);
  await house.put(BUCKET, "others", "x", DSSE);
  const wrapped = async (key: string) =>
    Buffer.from(
      (await house.database.read((tx) =>
        tx.get<{ data_key: Uint8Array }>("SELECT data_key FROM objects WHERE key = ?", Buffer.from(key)),
      ))!.data_key,
    );
  const [mine, other] = [await wrapped("halves"), await wrapped("others")];
  const firstEnd = 3 + mine.readUInt16BE(1);
  const swapped = Buffer.concat([mine.subarray(0, firstEnd), other.subarray(3 + other.readUInt16BE(1))]);
  await house.database.write((tx) =>
    tx.run("UPDATE objects SET data_key = ? WHERE key = ?", swapped, Buffer.from("halves")),
  );
  await assert.rejects(house.get(BUCKET, "halves"), "S3's own key of another object");
});
