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
  assert.equal(await house.isAllowed("StartLogging", input), false);
  assert.equal(await house.isAllowed("StartLogging", input, allow("cloudtrail:StartLogging", ARN)), true);
  assert.equal(await house.isAllowed("StartLogging", input, allow("cloudtrail:StartLogging", `${ARN}x`)), false);
});

test("logging starts, and starting again changes nothing", async () => {
  await house.create();
  await house.call("StartLogging", { Name: "mine" });
  const first = await house.call("GetTrailStatus", { Name: "mine" });
  assert.equal(first["IsLogging"], true);
  await house.call("StartLogging", { Name: "mine" });
  assert.deepEqual(await house.call("GetTrailStatus", { Name: "mine" }), first);
});
