import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { INVENTORY } from "../inventory/configuration.js";
import { inventory, reportingHouse } from "../inventory/testing.js";
import { putSetting, selectBucket } from "../store/index.js";
import { BUCKET } from "../testing.js";

const { house } = await reportingHouse();
after(() => house.close());

interface Page {
  readonly InventoryConfigurationList: readonly { readonly Id: string }[];
  readonly IsTruncated: boolean;
  readonly NextContinuationToken?: string;
}

test("configurations are listed a hundred a page, to who may see them", async () => {
  const list = (input: object = {}, parts: object = {}) =>
    house.call<Page>("ListBucketInventoryConfigurations", { Bucket: BUCKET, ...input }, parts);
  await assert.rejects(list({}, { caller: userCaller("nobody") }), Denied);
  const ids = Array.from({ length: 150 }, (_, at) => `id-${String(at).padStart(3, "0")}`);
  const stored = JSON.stringify(ids.map((Id) => inventory({ Id })));
  await house.database.write(async (tx) => {
    const bucket = await selectBucket(tx, BUCKET);
    await putSetting(tx, bucket?.id ?? "", INVENTORY, stored);
  });
  const first = await list();
  const second = await list({ ContinuationToken: first.NextContinuationToken });
  assert.deepEqual([first.IsTruncated, second.IsTruncated], [true, false]);
  assert.equal(second.NextContinuationToken, undefined);
  const listed = [first, second].flatMap((page) => page.InventoryConfigurationList.map(({ Id }) => Id));
  assert.deepEqual(listed, ids);
});
