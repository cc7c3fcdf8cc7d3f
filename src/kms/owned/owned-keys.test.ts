import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { describeBlob } from "../../crypto/index.js";
import { callVia } from "../../identity/index.js";
import { keysAfter } from "../store/index.js";
import { ACCOUNT, FOREIGN, openTestKms, REGION, type TestKms, userCall } from "../testing.js";

let house: TestKms;
before(async () => {
  house = await openTestKms();
});
after(() => house.close());

const owner = { account: ACCOUNT, region: REGION, service: "s3" };
const wrong = (thrown: unknown) => isAwsError(thrown, "InvalidCiphertextException");

test("a data key under an owned key opens with its context, in every process, without any record", async () => {
  const made = await house.kms.owned.generateDataKey(owner, { a: "1" });
  const other = await house.another();
  const opened = await other.owned.decryptDataKey(made.blob, { a: "1" });
  assert.deepEqual(
    opened.use((bytes) => Buffer.from(bytes)),
    made.plaintext.use((bytes) => Buffer.from(bytes)),
  );
  assert.equal(house.records.length, 0);
  await assert.rejects(other.owned.decryptDataKey(made.blob, { a: "2" }), wrong);
});

test("each account, Region and service has material of its own, and asks for it once", async () => {
  const names = async (parts: object) => {
    const { blob } = await house.kms.owned.generateDataKey({ ...owner, ...parts }, {});
    return describeBlob(blob)?.materialId;
  };
  const same = await Promise.all([names({}), names({})]);
  assert.equal(same[0], same[1]);
  const others = [
    await names({ account: FOREIGN }),
    await names({ region: "eu-west-1" }),
    await names({ service: "dynamodb" }),
  ];
  assert.equal(new Set([same[0], ...others]).size, 4);
});

test("nobody sees an owned key, and neither door opens what the other made", async () => {
  const { kms, database } = house;
  const { blob } = await kms.owned.generateDataKey(owner, {});
  assert.deepEqual(await database.read((tx) => keysAfter(tx, ACCOUNT, REGION, "", 10)), []);
  const call = callVia(userCall(), "s3");
  await assert.rejects(kms.service.decryptDataKey(call, blob, {}), (thrown) =>
    isAwsError(thrown, "AccessDeniedException"),
  );
  const key = await house.newKey();
  const customers = await kms.service.generateDataKey(call, key.id, {});
  await assert.rejects(kms.owned.decryptDataKey(customers.blob, {}), wrong);
  await assert.rejects(kms.owned.decryptDataKey(Buffer.alloc(200), {}), wrong);
});
