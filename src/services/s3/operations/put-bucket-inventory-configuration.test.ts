import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { inventory, reportingHouse } from "../inventory/testing.js";
import { BUCKET } from "../testing.js";

const { house } = await reportingHouse();
after(() => house.close());

const put = (InventoryConfiguration: object, Id = "daily", parts: object = {}) =>
  house.call("PutBucketInventoryConfiguration", { Bucket: BUCKET, Id, InventoryConfiguration }, parts);
const get = () => house.call("GetBucketInventoryConfiguration", { Bucket: BUCKET, Id: "daily" });

test("what cannot be written, or goes nowhere, is refused and changes nothing", async () => {
  await house.call("CreateBucket", {
    Bucket: "far-away",
    CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
  });
  await put(inventory());
  const before = await get();
  await assert.rejects(put(inventory(), "daily", { caller: userCaller("nobody") }), Denied);
  const cases: [object, string][] = [
    [inventory({ Id: "another" }), "IdMismatch"],
    [inventory({ Destination: {} }), "MalformedXML"],
    [inventory({}, { Encryption: { SSES3: {}, SSEKMS: { KeyId: "k" } } }), "MalformedXML"],
    [inventory({}, { Format: "Parquet" }), "NotImplemented"],
    [inventory({ OptionalFields: ["Size", "ObjectAccessControlList"] }), "NotImplemented"],
    [inventory({}, { Bucket: "reports" }), "InvalidS3DestinationBucket"],
    [inventory({}, { Bucket: "arn:aws:s3:::no-such-bucket" }), "InvalidS3DestinationBucket"],
    [inventory({}, { Bucket: "arn:aws:s3:::far-away" }), "InvalidS3DestinationBucket"],
    [inventory({}, { AccountId: "1" }), "InvalidArgument"],
  ];
  for (const [bad, code] of cases) await assert.rejects(put(bad), (thrown) => isAwsError(thrown, code), code);
  assert.deepEqual(await get(), before);
});

test("a configuration takes the place of the one of its id, and no other", async () => {
  await put(inventory({ Id: "second" }), "second");
  const changed = inventory({ OptionalFields: ["Size"], Filter: { Prefix: "a/" } });
  await put(changed);
  assert.deepEqual(await get(), { InventoryConfiguration: changed });
  const { InventoryConfigurationList } = await house.call<{ InventoryConfigurationList: { Id: string }[] }>(
    "ListBucketInventoryConfigurations",
    { Bucket: BUCKET },
  );
  assert.deepEqual(
    InventoryConfigurationList.map(({ Id }) => Id),
    ["daily", "second"],
  );
});
