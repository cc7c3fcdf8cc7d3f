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
  const input = { ResourceId: ARN, TagsList: [] };
  assert.equal(await house.isAllowed("RemoveTags", input), false);
  assert.equal(await house.isAllowed("RemoveTags", input, allow("cloudtrail:RemoveTags", ARN)), true);
  assert.equal(await house.isAllowed("RemoveTags", input, allow("cloudtrail:RemoveTags", `${ARN}x`)), false);
});

test("tags go by their keys", async () => {
  await house.create({
    TagsList: [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "1" },
    ],
  });
  await house.call("RemoveTags", { ResourceId: ARN, TagsList: [{ Key: "a" }, { Key: "absent" }] });
  const { ResourceTagList } = await house.call<{ ResourceTagList: object[] }>("ListTags", { ResourceIdList: [ARN] });
  assert.deepEqual(ResourceTagList, [{ ResourceId: ARN, TagsList: [{ Key: "b", Value: "1" }] }]);
});
