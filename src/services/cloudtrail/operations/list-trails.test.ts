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
  const input = {};
  assert.equal(await house.isAllowed("ListTrails", input), false);
  assert.equal(await house.isAllowed("ListTrails", input, allow("cloudtrail:ListTrails", "*")), true);
  assert.equal(await house.isAllowed("ListTrails", input, allow("cloudtrail:StopIt", "*")), false);
});

test("each trail is listed once, with its home", async () => {
  await house.create();
  const listed = await house.call("ListTrails", {}, { region: "eu-west-1" as never }); // a Region's name
  assert.deepEqual(listed, { Trails: [{ TrailARN: ARN, Name: "mine", HomeRegion: "us-east-1" }] });
  await assert.rejects(house.call("ListTrails", { NextToken: "odd" }), { code: "InvalidTokenException" });
});
