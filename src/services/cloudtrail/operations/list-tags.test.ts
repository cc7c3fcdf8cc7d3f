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
  const input = { ResourceIdList: [ARN] };
  assert.equal(await house.isAllowed("ListTags", input), false);
  assert.equal(await house.isAllowed("ListTags", input, allow("cloudtrail:ListTags", ARN)), true);
  assert.equal(await house.isAllowed("ListTags", input, allow("cloudtrail:ListTags", `${ARN}x`)), false);
});

test("one to twenty trails are asked for, and all must be there", async () => {
  await house.create();
  const list = (...ResourceIdList: string[]) => house.call("ListTags", { ResourceIdList });
  assert.deepEqual(await list(ARN), { ResourceTagList: [{ ResourceId: ARN, TagsList: [] }] });
  await assert.rejects(list(ARN, `${ARN}x`), { code: "TrailNotFoundException" });
  await assert.rejects(list(), { code: "InvalidParameterCombinationException" });
});
