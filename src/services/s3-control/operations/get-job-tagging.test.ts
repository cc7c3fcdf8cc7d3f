import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, jobOf } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

test("a job's tags are told to who may ask for them, and none where there are none", async () => {
  const Tags = [{ Key: "a", Value: "b" }];
  const JobId = await createdJob(house, jobOf(house, ["b,k"], { Tags }));
  assert.deepEqual(await house.call("GetJobTagging", { JobId }), { Tags });
  await assert.rejects(house.call("GetJobTagging", { JobId }, { caller: userCaller("nobody") }), Denied);
  const plain = await createdJob(house, jobOf(house, ["b,k"]));
  assert.deepEqual(await house.call("GetJobTagging", { JobId: plain }), { Tags: [] });
  await assert.rejects(house.call("GetJobTagging", { JobId: "none" }), (thrown) => isAwsError(thrown, "NoSuchJob"));
});
