import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, describedJob, jobOf } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);

test("a priority is changed while the job has not ended, by who may give that one", async () => {
  const JobId = await createdJob(house, jobOf(house, ["b,k"], { Priority: 5 }));
  const update = (Priority: number, parts: object = {}) => house.call("UpdateJobPriority", { JobId, Priority }, parts);
  const upTo = (key: string, most: string) => ({
    caller: userCaller("one", [
      {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "s3:UpdateJobPriority",
            Resource: "*",
            Condition: { NumericLessThanEquals: { [key]: most } },
          },
        ],
      },
    ]),
  });
  await assert.rejects(update(8, upTo("s3:RequestJobPriority", "7")), Denied);
  await assert.rejects(update(6, upTo("s3:ExistingJobPriority", "4")), Denied);
  assert.deepEqual(await update(7, upTo("s3:RequestJobPriority", "7")), { JobId, Priority: 7 });
  assert.equal((await describedJob(house, JobId))["Priority"], 7);
  await assert.rejects(update(-1), code("InvalidRequest"));
  await house.work();
  await assert.rejects(update(9), code("JobStatusException"));
  await assert.rejects(house.call("UpdateJobPriority", { JobId: "none", Priority: 1 }), code("NoSuchJob"));
});
