import assert from "node:assert/strict";
import { after, test } from "node:test";
import { HOUR_MS } from "../../base/index.js";
import { testBody } from "../../kit/testing.js";
import { BUCKET, s3House } from "./testing.js";

const house = await s3House();
after(() => house.close());

const sweepAt = async (ms: number) => {
  for (const worker of house.service.workers) await worker.run(new Date(ms));
};

test("the sweeper takes old blobs that no row names, and nothing else", async () => {
  const body = Buffer.alloc(100_000, 1);
  await house.put(BUCKET, "named", body);
  const left = await house.blobs.create();
  await left.write(Buffer.alloc(100));
  await left.commit();
  const { modifiedAt } = (await house.blobs.describe(left.name)) ?? { modifiedAt: new Date(0) };
  assert.equal((await house.blobNames()).length, 2);

  await sweepAt(modifiedAt.getTime() + 5 * HOUR_MS);
  assert.equal((await house.blobNames()).length, 2);
  await sweepAt(modifiedAt.getTime() + 7 * HOUR_MS);
  assert.equal((await house.blobNames()).includes(left.name), false);
  assert.ok((await house.get(BUCKET, "named")).text.equals(body));
  await sweepAt(modifiedAt.getTime() + 7 * HOUR_MS);
  assert.equal((await house.blobNames()).length, 1);
});

test("many blobs are gone through page by page: every old one without a row goes, no other", async () => {
  const lone = await Promise.all(
    Array.from({ length: 450 }, async () => {
      const writer = await house.blobs.create();
      await writer.commit();
      return writer.name;
    }),
  );
  await house.put(BUCKET, "among", Buffer.alloc(20_000));
  await sweepAt(Date.parse("2000-01-01"));
  assert.equal((await house.blobNames()).length, 452);
  await sweepAt(Date.parse("2200-01-01"));
  assert.equal((await house.blobNames()).length, 2);
  assert.ok(lone.length > 2);
  assert.equal((await house.get(BUCKET, "among")).text.length, 20_000);
});

test("aborted, replaced and refused bodies leave no blob behind", async () => {
  const before = (await house.blobNames()).length;
  const { UploadId } = await house.call<{ UploadId: string }>("CreateMultipartUpload", { Bucket: BUCKET, Key: "up" });
  const part = { Bucket: BUCKET, Key: "up", UploadId, PartNumber: 1 };
  for (let time = 0; time < 2; time++) {
    await house.call("UploadPart", part, { body: testBody([Buffer.alloc(100_000)]) });
    assert.equal((await house.blobNames()).length, before + 1, "a part again takes the place of the first");
  }
  await house.call("AbortMultipartUpload", { Bucket: BUCKET, Key: "up", UploadId });
  assert.equal((await house.blobNames()).length, before);
  await house.put(BUCKET, "again", Buffer.alloc(100_000));
  await house.put(BUCKET, "again", Buffer.alloc(90_000));
  assert.equal((await house.blobNames()).length, before + 1);
  await assert.rejects(house.put(BUCKET, "wrong", Buffer.alloc(100_000), { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" }));
  assert.equal((await house.blobNames()).length, before + 1);
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "again" });
  assert.equal((await house.blobNames()).length, before);
});
