import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, jobOf } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

test("a job's tags are taken away by who may, all of them", async () => {
  const JobId = await createdJob(house, jobOf(house, ["b,k"], { Tags: [{ Key: "a", Value: "b" }] }));
  await assert.rejects(house.call("DeleteJobTagging", { JobId }, { caller: userCaller("nobody") }), Denied);
  await house.call("DeleteJobTagging", { JobId });
  assert.deepEqual(await house.call("GetJobTagging", { JobId }), { Tags: [] });
  await house.call("DeleteJobTagging", { JobId });
  await assert.rejects(house.call("DeleteJobTagging", { JobId: "none" }), (thrown) => isAwsError(thrown, "NoSuchJob"));
});
