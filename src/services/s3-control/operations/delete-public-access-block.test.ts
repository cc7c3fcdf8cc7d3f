import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { controlHouse } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

test("a block is taken away by who may put one, and once more without harm", async () => {
  const { call, blocks } = house;
  await call("PutPublicAccessBlock", { PublicAccessBlockConfiguration: { BlockPublicAcls: true } });
  await assert.rejects(call("DeletePublicAccessBlock", {}, { caller: userCaller("nobody") }), Denied);
  assert.equal(blocks.size, 1);
  await call("DeletePublicAccessBlock");
  assert.equal(blocks.size, 0);
  await call("DeletePublicAccessBlock");
});
