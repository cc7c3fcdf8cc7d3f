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
  assert.equal(await house.isAllowed("GetTrailStatus", input), false);
  assert.equal(await house.isAllowed("GetTrailStatus", input, allow("cloudtrail:GetTrailStatus", ARN)), true);
  assert.equal(await house.isAllowed("GetTrailStatus", input, allow("cloudtrail:GetTrailStatus", `${ARN}x`)), false);
});

test("a new trail has delivered nothing", async () => {
  await house.create();
  assert.deepEqual(await house.call("GetTrailStatus", { Name: "mine" }), {
    IsLogging: false,
    LatestDeliveryAttemptTime: "",
    LatestNotificationAttemptTime: "",
    LatestNotificationAttemptSucceeded: "",
    LatestDeliveryAttemptSucceeded: "",
    TimeLoggingStarted: "",
    TimeLoggingStopped: "",
  });
});
