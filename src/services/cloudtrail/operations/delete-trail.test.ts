import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, type TrailHouse, trailHouse } from "../testing.js";

let house: TrailHouse;
before(async () => {
  house = await trailHouse();
});
after(() => house.close());

const ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mine";

test("it takes its own permission on the trail, and no other", async () => {
  const input = { Name: "mine" };
  assert.equal(await house.isAllowed("DeleteTrail", input), false);
  assert.equal(await house.isAllowed("DeleteTrail", input, allow("cloudtrail:DeleteTrail", ARN)), true);
  assert.equal(await house.isAllowed("DeleteTrail", input, allow("cloudtrail:DeleteTrail", `${ARN}x`)), false);
});

test("a deleted trail is gone", async () => {
  await house.create();
  await house.call("DeleteTrail", { Name: ARN });
  await assert.rejects(house.call("GetTrail", { Name: "mine" }), { code: "TrailNotFoundException" });
  await assert.rejects(house.call("DeleteTrail", { Name: "mine" }), { code: "TrailNotFoundException" });
});
