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
  assert.equal(await house.isAllowed("GetTrail", input), false);
  assert.equal(await house.isAllowed("GetTrail", input, allow("cloudtrail:GetTrail", ARN)), true);
  assert.equal(await house.isAllowed("GetTrail", input, allow("cloudtrail:GetTrail", `${ARN}x`)), false);
});

test("a trail is found by name and by ARN, and another account's is not", async () => {
  await house.create();
  for (const Name of ["mine", ARN]) {
    const { Trail } = await house.call<{ Trail: { HomeRegion: string } }>("GetTrail", { Name });
    assert.equal(Trail.HomeRegion, "us-east-1");
  }
  const foreign = ARN.replace("111122223333", "444455556666");
  await assert.rejects(house.call("GetTrail", { Name: foreign }), { code: "TrailNotFoundException" });
  await assert.rejects(house.call("GetTrail", { Name: "arn:aws:s3:::mine" }), {
    code: "CloudTrailARNInvalidException",
  });
});
