import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, describedJob, jobOf } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const update = (JobId: string, RequestedJobStatus: string, parts: object = {}, more: object = {}) =>
  house.call("UpdateJobStatus", { JobId, RequestedJobStatus, ...more }, parts);

test("a job that waits is confirmed, and no other", async () => {
  const JobId = await createdJob(house, jobOf(house, ["b,k"], { ConfirmationRequired: true }));
  await assert.rejects(update(JobId, "Ready"), code("JobStatusException"), "it is still new");
  await house.work();
  const waiting = { StringEquals: { "s3:JobSuspendedCause": "AWAITING_CONFIRMATION" } };
  const Statement = [{ Effect: "Allow", Action: "s3:UpdateJobStatus", Resource: "*", Condition: waiting }];
  const confirmer = { caller: userCaller("confirmer", [{ Version: "2012-10-17", Statement }]) };
  await assert.rejects(update(JobId, "Ready", { caller: userCaller("nobody") }), Denied);
  assert.deepEqual(await update(JobId, "Ready", confirmer, { StatusUpdateReason: "go" }), {
    JobId,
    Status: "Ready",
    StatusUpdateReason: "go",
  });
  await assert.rejects(update(JobId, "Cancelled", confirmer), Denied, "it waits no more");
  await assert.rejects(update(JobId, "Ready"), code("JobStatusException"));
  await house.work();
  assert.equal((await describedJob(house, JobId)).Status, "Complete");
});

test("a job is cancelled until it has ended", async () => {
  const JobId = await createdJob(house, jobOf(house, ["b,k"], { ConfirmationRequired: true }));
  await house.work();
  await assert.rejects(update(JobId, "Cancelled", {}, { StatusUpdateReason: "x".repeat(257) }), code("InvalidRequest"));
  assert.deepEqual(await update(JobId, "Cancelled"), { JobId, Status: "Cancelling" });
  await house.work();
  assert.equal((await describedJob(house, JobId)).Status, "Cancelled");
  for (const status of ["Cancelled", "Ready"]) await assert.rejects(update(JobId, status), code("JobStatusException"));
  await assert.rejects(update("none", "Cancelled"), code("NoSuchJob"));
});
