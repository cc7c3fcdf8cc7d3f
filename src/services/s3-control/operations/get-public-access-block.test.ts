import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { controlHouse } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

test("an account without a block is told so; with one, all four flags are told", async () => {
  const { call } = house;
  await assert.rejects(
    call("GetPublicAccessBlock"),
    (thrown) =>
      isAwsError(thrown, "NoSuchPublicAccessBlockConfiguration") &&
      thrown.status === 404 &&
      thrown.message === "The public access block configuration was not found",
  );
  await call("PutPublicAccessBlock", { PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } });
  assert.deepEqual(await call("GetPublicAccessBlock"), {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    },
  });
  await assert.rejects(call("GetPublicAccessBlock", {}, { caller: userCaller("nobody") }), Denied);
});
