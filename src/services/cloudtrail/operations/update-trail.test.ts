import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, KEY_ARN, type TrailHouse, trailHouse } from "../testing.js";

let house: TrailHouse;
before(async () => {
  house = await trailHouse();
});
after(() => house.close());

const ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mine";

test("it takes its own permission on the trail, and no other", async () => {
  const input = { Name: "mine" };
  assert.equal(await house.isAllowed("UpdateTrail", input), false);
  assert.equal(await house.isAllowed("UpdateTrail", input, allow("cloudtrail:UpdateTrail", ARN)), true);
  assert.equal(await house.isAllowed("UpdateTrail", input, allow("cloudtrail:UpdateTrail", `${ARN}x`)), false);
});

test("what is given changes, what is not stays, and an empty key takes the key away", async () => {
  await house.create({ KmsKeyId: "alias/mine", S3KeyPrefix: "p" });
  const changed = await house.call("UpdateTrail", { Name: "mine", EnableLogFileValidation: true });
  assert.deepEqual(
    [changed["LogFileValidationEnabled"], changed["KmsKeyId"], changed["S3KeyPrefix"]],
    [true, KEY_ARN, "p"],
  );
  assert.equal((await house.call("UpdateTrail", { Name: "mine", KmsKeyId: "" }))["KmsKeyId"], undefined);
});

test("a bucket that refuses changes nothing, and the trail is changed at home alone", async () => {
  await assert.rejects(house.call("UpdateTrail", { Name: "mine", S3BucketName: "closed" }), {
    code: "InsufficientS3BucketPolicyException",
  });
  await house.call("UpdateTrail", { Name: "mine", IsMultiRegionTrail: true });
  const away = { region: "eu-west-1" as never }; // a Region's name
  await assert.rejects(house.call("UpdateTrail", { Name: ARN }, away), { code: "InvalidHomeRegionException" });
  await assert.rejects(house.call("UpdateTrail", { Name: "mine" }, away), { code: "TrailNotFoundException" });
});
