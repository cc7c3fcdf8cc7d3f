import assert from "node:assert/strict";
import { after, test } from "node:test";
import { DAY_MS, HOUR_MS, LIMITS, MINUTE_MS } from "../../base/index.js";
import { testBody } from "../../kit/testing.js";
import { type Answer, BUCKET, collected, s3House } from "./testing.js";

const house = await s3House();
after(() => house.close());

const PART = Buffer.alloc(LIMITS.s3MinPartBytes, "old ");
const OLD = Buffer.concat([PART, PART, Buffer.from("the end")]);

/** An object in three parts, the last of which lies in a row. */
async function putParts(Key: string): Promise<void> {
  const { UploadId } = await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key });
  const Parts: object[] = [];
  for (const [at, bytes] of [PART, PART, Buffer.from("the end")].entries()) {
    const input = { Bucket: BUCKET, Key, UploadId, PartNumber: at + 1 };
    const { ETag } = await house.call<Answer>("UploadPart", input, { body: testBody([bytes]) });
    Parts.push({ PartNumber: at + 1, ETag });
  }
  await house.call("CompleteMultipartUpload", { Bucket: BUCKET, Key, UploadId, MultipartUpload: { Parts } });
}

const begin = async (Key: string) => (await house.call<Answer>("GetObject", { Bucket: BUCKET, Key }))["Body"];
const workAt = async (ms: number) => {
  for (const name of ["s3.removals", "s3.sweep"]) await house.work(name, new Date(ms));
};

test("what is being read in parts is read to its end, overwritten or deleted meanwhile", async () => {
  const [overwritten, deleted] = ["overwritten", "deleted"];
  for (const key of [overwritten, deleted]) await putParts(key);
  const bodies = [await begin(overwritten), await begin(deleted)];
  await house.put(BUCKET, overwritten, "new");
  await house.call("DeleteObject", { Bucket: BUCKET, Key: deleted });
  for (const body of bodies) assert.ok((await collected(body)).equals(OLD));
  assert.equal((await house.get(BUCKET, overwritten)).text.toString(), "new");
});

test("an hour after they were seen the blobs are gone, before any sweep, and later readers break off", async () => {
  await putParts("late");
  const late = await begin("late");
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "late" });
  const seen = Date.now() + DAY_MS; // the sweeper looks at the files' own times
  const blobs = await house.blobNames();
  assert.equal(blobs.length, 6);
  await workAt(seen);
  await workAt(seen + HOUR_MS - MINUTE_MS);
  assert.deepEqual(await house.blobNames(), blobs);
  await workAt(seen + HOUR_MS);
  assert.deepEqual(await house.blobNames(), []);
  await assert.rejects(collected(late));
  const rows = await house.database.read((tx) => tx.all("SELECT blob FROM removals LIMIT 1"));
  assert.deepEqual(rows, []);
});

test("a full disk takes what went at once: whoever still reads it breaks off, nothing else is touched", async () => {
  let makeRoom: Parameters<typeof house.blobs.create>[0];
  const create = house.blobs.create.bind(house.blobs);
  house.blobs.create = (asked) => {
    makeRoom = asked;
    return create(asked);
  };
  await putParts("kept");
  await putParts("gone");
  const reading = await begin("gone");
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "gone" });
  assert.equal((await house.blobNames()).length, 6 - 2);
  assert.equal(await makeRoom?.(), true);
  assert.equal((await house.blobNames()).length, 2);
  await assert.rejects(collected(reading));
  assert.ok((await collected(await begin("kept"))).equals(OLD));
  assert.equal(await makeRoom?.(), false);
});
