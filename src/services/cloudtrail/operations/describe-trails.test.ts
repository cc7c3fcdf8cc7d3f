import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, type TrailHouse, trailHouse } from "../testing.js";

let house: TrailHouse;
before(async () => {
  house = await trailHouse();
});
after(() => house.close());

test("it takes its own permission on the trail, and no other", async () => {
  const input = {};
  assert.equal(await house.isAllowed("DescribeTrails", input), false);
  assert.equal(await house.isAllowed("DescribeTrails", input, allow("cloudtrail:DescribeTrails", "*")), true);
  assert.equal(await house.isAllowed("DescribeTrails", input, allow("cloudtrail:StopIt", "*")), false);
});

test("shadows of multi-Region trails are shown in other Regions, unless not wanted", async () => {
  await house.create();
  await house.create({ Name: "wide", IsMultiRegionTrail: true });
  const names = async (input: object, region = "us-east-1") => {
    const parts = { region: region as never }; // a Region's name
    const { trailList } = await house.call<{ trailList: { Name: string }[] }>("DescribeTrails", input, parts);
    return trailList.map(({ Name }) => Name);
  };
  assert.deepEqual(await names({}), ["mine", "wide"]);
  assert.deepEqual(await names({}, "eu-west-1"), ["wide"]);
  assert.deepEqual(await names({ includeShadowTrails: false }, "eu-west-1"), []);
  assert.deepEqual(await names({ trailNameList: ["mine", "absent"] }), ["mine"]);
});
