import assert from "node:assert/strict";
import { after, test } from "node:test";
import { HOUR_MS } from "../../base/index.js";
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
  const [{ modifiedAt } = { modifiedAt: new Date(0) }] = await house.blobs.list(undefined, 1);
  assert.equal((await house.blobNames()).length, 2);

  await sweepAt(modifiedAt.getTime() + 5 * HOUR_MS);
  assert.equal((await house.blobNames()).length, 2);
  await sweepAt(modifiedAt.getTime() + 7 * HOUR_MS);
  assert.equal((await house.blobNames()).includes(left.name), false);
  assert.ok((await house.get(BUCKET, "named")).text.equals(body));
  await sweepAt(modifiedAt.getTime() + 7 * HOUR_MS);
  assert.equal((await house.blobNames()).length, 1);
});
