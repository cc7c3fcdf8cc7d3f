import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError, LIMITS } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { ALLOW_ALL, OTHER_ACCOUNT, userCaller } from "../../../kit/testing.js";
import { controlHouse, createdJob, jobOf, ROLE } from "../testing.js";

const house = await controlHouse();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const given = (more: object = {}) => jobOf(house, ["b,k"], more);
const allow = (Action: string, Resource = "*", Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const may = (...Statement: object[]) => ({ caller: userCaller("one", [{ Version: "2012-10-17", Statement }]) });
const PASS = allow("iam:PassRole", ROLE, {
  StringEquals: { "iam:PassedToService": "batchoperations.s3.amazonaws.com" },
});

test("who creates a job may create it and pass its role to Batch Operations, and tag it if there are tags", async () => {
  const create = (caller: object, more: object = {}) => createdJob(house, given(more), caller);
  await assert.rejects(create(may(PASS)), Denied);
  await assert.rejects(create(may(allow("s3:CreateJob"))), Denied);
  await assert.rejects(create(may(allow("s3:CreateJob"), allow("iam:PassRole", `${ROLE}-other`))), Denied);
  const toEc2 = allow("iam:PassRole", ROLE, { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } });
  await assert.rejects(create(may(allow("s3:CreateJob"), toEc2)), Denied);
  const stranger = { caller: userCaller("stranger", [ALLOW_ALL], OTHER_ACCOUNT) };
  await assert.rejects(create(stranger), Denied);
  await create(may(allow("s3:CreateJob"), PASS));
  const Tags = [{ Key: "team", Value: "a" }];
  await assert.rejects(create(may(allow("s3:CreateJob"), PASS), { Tags }), Denied);
  await create(may(allow("s3:CreateJob"), allow("s3:PutJobTagging"), PASS), { Tags });
  const onlyTagging = allow("s3:CreateJob", "*", { StringEquals: { "s3:RequestJobOperation": "S3PutObjectTagging" } });
  await create(may(onlyTagging, PASS));
  await assert.rejects(create(may(onlyTagging, PASS), { Operation: { S3DeleteObjectTagging: {} } }), Denied);
});

test("the same token brings the same job, and another content is refused", async () => {
  const first = await createdJob(house, given({ ClientRequestToken: "one" }));
  assert.equal(await createdJob(house, given({ ClientRequestToken: "one" })), first);
  await assert.rejects(
    createdJob(house, given({ ClientRequestToken: "one", Priority: 11 })),
    code("IdempotencyException"),
  );
  assert.notEqual(await createdJob(house, given({ ClientRequestToken: "two" })), first);
});

const CSV = { Format: "S3BatchOperations_CSV_20180820", Fields: ["Bucket", "Key"] };
const LOCATION = { ObjectArn: "arn:aws:s3:::lists/m", ETag: "e" };
const REPORT = { Enabled: true, Bucket: "arn:aws:s3:::r", Format: "Report_CSV_20180820", ReportScope: "AllTasks" };

const WRONG: readonly (readonly [what: string, more: object, code: string])[] = [
  ["no operation", { Operation: {} }, "InvalidRequest"],
  ["two", { Operation: { S3DeleteObjectTagging: {}, S3PutObjectTagging: {} } }, "InvalidRequest"],
  ["one that is not here", { Operation: { LambdaInvoke: {} } }, "NotImplemented"],
  ["a priority below all", { Priority: -1 }, "InvalidRequest"],
  ["a priority between two", { Priority: 1.5 }, "InvalidRequest"],
  ["a priority above all", { Priority: 2 ** 31 }, "InvalidRequest"],
  ["a user as the role", { RoleArn: ROLE.replace("role", "user") }, "InvalidRequest"],
  ["no manifest", { Manifest: undefined }, "InvalidRequest"],
  ["a generator beside it", { ManifestGenerator: {} }, "InvalidRequest"],
  ["a generator of no kind", { Manifest: undefined, ManifestGenerator: {} }, "InvalidRequest"],
  [
    "a manifest that is a bucket",
    { Manifest: { Spec: CSV, Location: { ...LOCATION, ObjectArn: "arn:aws:s3:::b" } } },
    "InvalidRequest",
  ],
  ["no ETag", { Manifest: { Spec: CSV, Location: { ...LOCATION, ETag: "" } } }, "InvalidRequest"],
  ["no key", { Manifest: { Spec: { ...CSV, Fields: ["Bucket"] }, Location: LOCATION } }, "InvalidRequest"],
  [
    "two keys",
    { Manifest: { Spec: { ...CSV, Fields: ["Bucket", "Key", "Key"] }, Location: LOCATION } },
    "InvalidRequest",
  ],
  [
    "fields of an inventory",
    { Manifest: { Spec: { ...CSV, Format: "S3InventoryReport_CSV_20161130" }, Location: LOCATION } },
    "InvalidRequest",
  ],
  ["a report nowhere", { Report: { ...REPORT, Bucket: undefined } }, "InvalidRequest"],
  ["a report to an object", { Report: { ...REPORT, Bucket: "arn:aws:s3:::r/k" } }, "InvalidRequest"],
  ["a report about nothing", { Report: { ...REPORT, ReportScope: undefined } }, "InvalidRequest"],
  [
    "a tag twice",
    {
      Tags: [
        { Key: "a", Value: "" },
        { Key: "a", Value: "" },
      ],
    },
    "InvalidRequest",
  ],
  ["AWS's own tag", { Tags: [{ Key: "aws:a", Value: "" }] }, "InvalidRequest"],
  [
    "too many tags",
    { Tags: Array.from({ length: LIMITS.s3BatchTags + 1 }, (_, at) => ({ Key: `${at}`, Value: "" })) },
    "TooManyTagsException",
  ],
  ["a long description", { Description: "x".repeat(257) }, "InvalidRequest"],
  ["a long token", { ClientRequestToken: "x".repeat(65) }, "InvalidRequest"],
];

test("each wrong request is refused in its words, and makes no job", async () => {
  const count = async () => (await house.call<{ Jobs: object[] }>("ListJobs")).Jobs.length;
  const before = await count();
  for (const [what, more, name] of WRONG) await assert.rejects(createdJob(house, given(more)), code(name), what);
  assert.equal(await count(), before);
});
