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
  assert.equal(await house.isAllowed("GetEventSelectors", input), false);
  assert.equal(await house.isAllowed("GetEventSelectors", input, allow("cloudtrail:GetEventSelectors", ARN)), true);
  assert.equal(
    await house.isAllowed("GetEventSelectors", input, allow("cloudtrail:GetEventSelectors", `${ARN}x`)),
    false,
  );
});

test("a trail that was told nothing shows what it logs", async () => {
  await house.create();
  assert.deepEqual(await house.call("GetEventSelectors", { TrailName: "mine" }), {
    TrailARN: ARN,
    EventSelectors: [
      { ReadWriteType: "All", IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ],
  });
});
