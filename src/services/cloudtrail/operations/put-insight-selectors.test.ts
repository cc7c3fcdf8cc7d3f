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
  assert.equal(await house.isAllowed("PutInsightSelectors", input), false);
  assert.equal(await house.isAllowed("PutInsightSelectors", input, allow("cloudtrail:PutInsightSelectors", ARN)), true);
  assert.equal(
    await house.isAllowed("PutInsightSelectors", input, allow("cloudtrail:PutInsightSelectors", `${ARN}x`)),
    false,
  );
});

test("no insights can be turned on, and none can be turned off", async () => {
  await house.create();
  const put = (InsightSelectors: object[]) =>
    house.call("PutInsightSelectors", { TrailName: "mine", InsightSelectors });
  await assert.rejects(put([{ InsightType: "ApiCallRateInsight" }]), { code: "InvalidInsightSelectorsException" });
  assert.deepEqual(await put([]), { InsightSelectors: [] });
});
