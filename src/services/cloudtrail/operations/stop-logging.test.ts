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
  assert.equal(await house.isAllowed("StopLogging", input), false);
  assert.equal(await house.isAllowed("StopLogging", input, allow("cloudtrail:StopLogging", ARN)), true);
  assert.equal(await house.isAllowed("StopLogging", input, allow("cloudtrail:StopLogging", `${ARN}x`)), false);
});

test("logging stops, and the time of it is kept", async () => {
  await house.create();
  await house.call("StartLogging", { Name: "mine" });
  await house.call("StopLogging", { Name: "mine" });
  const status = await house.call("GetTrailStatus", { Name: "mine" });
  assert.equal(status["IsLogging"], false);
  assert.equal(status["TimeLoggingStopped"], "2026-11-21T09:00:00Z");
});
