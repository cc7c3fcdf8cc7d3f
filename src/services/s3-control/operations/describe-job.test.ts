import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError, type Region } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { ALLOW_ALL, OTHER_ACCOUNT, TEST_ACCOUNT, TEST_REGION, userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, describedJob, jobOf } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

test("a job is told as it was asked for, times and all", async () => {
  const until = new Date("2027-01-01T00:00:00Z");
  const Operation = { S3PutObjectRetention: { Retention: { Mode: "GOVERNANCE", RetainUntilDate: until } } };
  const given = jobOf(house, ["b,k"], { Operation, Description: "hold them" });
  const id = await createdJob(house, given);
  const told = await describedJob(house, id);
  assert.equal(told["JobArn"], `arn:aws:s3:${TEST_REGION}:${TEST_ACCOUNT}:job/${id}`);
  assert.deepEqual(told["Operation"], Operation);
  assert.deepEqual([told["Manifest"], told["Report"], told["RoleArn"]], [given.Manifest, given.Report, given.RoleArn]);
  assert.deepEqual([told.Status, told["ConfirmationRequired"], told["Description"]], ["New", false, "hold them"]);
  assert.deepEqual(told["CreationTime"], house.clock.now());
});

test("a job is told to who may ask for it, in its account and Region alone", async () => {
  const JobId = await createdJob(house, jobOf(house, ["b,k"]));
  const arn = `arn:aws:s3:${TEST_REGION}:${TEST_ACCOUNT}:job/`;
  const may = (Resource: string) => ({
    caller: userCaller("one", [
      { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:DescribeJob", Resource }] },
    ]),
  });
  await house.call("DescribeJob", { JobId }, may(`${arn}${JobId}`));
  await assert.rejects(house.call("DescribeJob", { JobId }, may(`${arn}other`)), Denied);
  const missing = { JobId: "00000000-0000-4000-8000-000000000000" };
  await assert.rejects(
    house.call("DescribeJob", missing, may(`${arn}${JobId}`)),
    Denied,
    "not even that there is none",
  );
  const none = (thrown: unknown) => isAwsError(thrown, "NoSuchJob") && thrown.status === 404;
  await assert.rejects(house.call("DescribeJob", missing), none);
  await assert.rejects(house.call("DescribeJob", { JobId }, { region: "eu-west-1" as Region }), none);
  const stranger = { caller: userCaller("stranger", [ALLOW_ALL], OTHER_ACCOUNT) };
  await assert.rejects(house.call("DescribeJob", { JobId }, stranger), Denied);
  await assert.rejects(house.call("DescribeJob", { JobId, AccountId: OTHER_ACCOUNT }, stranger), none);
});
