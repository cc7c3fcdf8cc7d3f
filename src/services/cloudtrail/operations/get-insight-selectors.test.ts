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
  const input = { TrailName: "mine" };
  assert.equal(await house.isAllowed("GetInsightSelectors", input), false);
  assert.equal(await house.isAllowed("GetInsightSelectors", input, allow("cloudtrail:GetInsightSelectors", ARN)), true);
  assert.equal(
    await house.isAllowed("GetInsightSelectors", input, allow("cloudtrail:GetInsightSelectors", `${ARN}x`)),
    false,
  );
});

test("insights are not enabled", async () => {
  await house.create();
  const get = house.call("GetInsightSelectors", { TrailName: "mine" });
  await assert.rejects(get, { code: "InsightNotEnabledException" });
});
