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
  const input = { Name: "mine", S3BucketName: "absent" };
  assert.equal(await house.isAllowed("CreateTrail", input), false);
  assert.equal(await house.isAllowed("CreateTrail", input, allow("cloudtrail:CreateTrail", ARN)), true);
  assert.equal(await house.isAllowed("CreateTrail", input, allow("cloudtrail:CreateTrail", `${ARN}x`)), false);
});

test("a trail is made as it was asked for, stopped, once", async () => {
  const made = await house.call("CreateTrail", {
    Name: "mine",
    S3BucketName: "logs",
    S3KeyPrefix: "p",
    KmsKeyId: "alias/mine",
  });
  assert.deepEqual(made, {
    Name: "mine",
    S3BucketName: "logs",
    S3KeyPrefix: "p",
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: false,
    TrailARN: ARN,
    LogFileValidationEnabled: false,
    KmsKeyId: KEY_ARN,
    IsOrganizationTrail: false,
    RecursiveLogging: true,
  });
  assert.equal((await house.call("GetTrailStatus", { Name: "mine" }))["IsLogging"], false);
  await assert.rejects(house.create(), { code: "TrailAlreadyExistsException" });
});

test("each wrong request has its error", async () => {
  const wrong: [string, object][] = [
    ["InvalidTrailNameException", { Name: "ab" }],
    ["InvalidTrailNameException", { Name: "-abc" }],
    ["InvalidTrailNameException", { Name: "a..b" }],
    ["InvalidTrailNameException", { Name: "192.168.1.1" }],
    ["InvalidTrailNameException", { Name: "a b c" }],
    ["InvalidS3BucketNameException", { S3BucketName: "Not_A_Bucket" }],
    ["InvalidS3PrefixException", { S3KeyPrefix: "x".repeat(201) }],
    ["S3BucketDoesNotExistException", { S3BucketName: "absent" }],
    ["InsufficientS3BucketPolicyException", { S3BucketName: "closed" }],
    ["KmsKeyNotFoundException", { KmsKeyId: "alias/other" }],
    ["KmsKeyNotFoundException", { KmsKeyId: KEY_ARN.replace("us-east-1", "eu-west-1") }],
    ["InvalidKmsKeyIdException", { KmsKeyId: "not a key" }],
    ["InvalidSnsTopicNameException", { SnsTopicName: "topic" }],
    ["CloudWatchLogsDeliveryUnavailableException", { CloudWatchLogsRoleArn: "arn:aws:iam::111122223333:role/r" }],
    ["OrganizationsNotInUseException", { IsOrganizationTrail: true }],
    ["InvalidParameterCombinationException", { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false }],
    ["InvalidTagParameterException", { TagsList: [{ Key: "aws:x", Value: "1" }] }],
  ];
  for (const [code, input] of wrong) {
    await assert.rejects(house.create({ Name: "wrong", ...input }), { code }, JSON.stringify(input));
  }
});

test("a Region has five trails", async () => {
  for (const Name of ["two", "three", "four", "five"]) await house.create({ Name });
  await assert.rejects(house.create({ Name: "six" }), { code: "MaximumNumberOfTrailsExceededException" });
});
