import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { AwsError, DAY_MS, isAwsError } from "../../../base/index.js";
import { type ControlHouse, controlHouse, createdJob, describedJob, jobOf, ROLE } from "../testing.js";
import { valuesOf } from "./csv.js";

let house: ControlHouse = await controlHouse();
after(() => house.close());
beforeEach(async () => {
  await house.close();
  house = await controlHouse();
});

const REPORT = {
  Enabled: true,
  Bucket: "arn:aws:s3:::reports",
  Format: "Report_CSV_20180820",
  ReportScope: "AllTasks",
};
const lines = (count: number) => Array.from({ length: count }, (_, at) => `b,k${at}`);
const keys = () => house.s3.inputs("PutObjectTagging").map(({ Key }) => Key);
const denied = () => new AwsError("AccessDenied", 'Access Denied, said "S3"', { status: 403 });

interface ReportManifest {
  readonly Results: readonly { readonly TaskExecutionStatus: string; readonly Key: string }[];
}

/** The report's lines, by the status of their file. */
function reportOf(root: string): Record<string, (string[] | undefined)[]> {
  const { Results } = JSON.parse(house.s3.text(`reports/${root}/manifest.json`)) as ReportManifest; // written by the job
  return Object.fromEntries(
    Results.map(({ TaskExecutionStatus, Key }) => [
      TaskExecutionStatus,
      house.s3.text(`reports/${Key}`).trim().split("\n").map(valuesOf),
    ]),
  );
}

test("a job does every task once, in its manifest's order, as its role, and is complete", async () => {
  const id = await createdJob(house, jobOf(house, ["b,one", "b,two%20%2B+x", '"b","th""ree"', ""]));
  assert.equal((await describedJob(house, id)).Status, "New");
  await house.work();
  assert.deepEqual(keys(), ["one", "two + x", 'th"ree']);
  const told = await describedJob(house, id);
  assert.equal(told.Status, "Complete");
  const counts = { TotalNumberOfTasks: 3, NumberOfTasksSucceeded: 3, NumberOfTasksFailed: 0 };
  assert.deepEqual(told.ProgressSummary, { ...counts, Timers: { ElapsedTimeInActiveSeconds: 0 } });
  assert.deepEqual(house.s3.assumed, [`${ROLE} s3-batch-${id}`], "one session");
  await house.work();
  assert.equal(keys().length, 3, "what is complete is not done again");
});

test("a job that waits for its confirmation does nothing before it, and one without a word waits", async () => {
  const id = await createdJob(house, jobOf(house, lines(1), { ConfirmationRequired: undefined }));
  await house.work();
  await house.work();
  const told = await describedJob(house, id);
  assert.deepEqual([told.Status, told["SuspendedCause"]], ["Suspended", "AWAITING_CONFIRMATION"]);
  assert.deepEqual(keys(), []);
  await house.call("UpdateJobStatus", { JobId: id, RequestedJobStatus: "Ready" });
  await house.work();
  assert.equal((await describedJob(house, id)).Status, "Complete");
  assert.deepEqual(keys(), ["k0"]);
});

test("tasks that are refused are counted and reported with S3's words, the others are done", async () => {
  house.s3.refuse = (operation, { Key }) => {
    if (operation === "PutObjectTagging" && Key === "k1") throw denied();
  };
  const id = await createdJob(house, jobOf(house, lines(3), { Report: { ...REPORT, Prefix: "all/" } }));
  await house.work();
  const told = await describedJob(house, id);
  assert.equal(told.Status, "Complete", "failed tasks do not make a failed job");
  assert.deepEqual([told.ProgressSummary.NumberOfTasksSucceeded, told.ProgressSummary.NumberOfTasksFailed], [2, 1]);
  assert.deepEqual(reportOf(`all/job-${id}`), {
    succeeded: ["k0", "k2"].map((key) => ["b", key, "", "succeeded", "200", "", "Successful"]),
    failed: [["b", "k1", "", "failed", "403", "AccessDenied", 'Access Denied, said "S3"']],
  });
  const [put] = house.s3.calls.filter(({ operation }) => operation === "PutObject");
  assert.deepEqual(put?.headers, { "x-amz-server-side-encryption": "AES256" });
});

test("a job of checksums reports each, and S3's refusals in the form of AWS's reports", async () => {
  house.s3.refuse = (operation, { Key }) => {
    if (operation === "ComputeObjectChecksum" && Key === "k1") throw denied();
  };
  house.s3.checksum = "bS9TOQ==";
  const Operation = { S3ComputeObjectChecksum: { ChecksumAlgorithm: "CRC32" } };
  const id = await createdJob(house, jobOf(house, lines(2), { Operation, Report: REPORT }));
  await house.work();
  const { succeeded, failed } = reportOf(`job-${id}`);
  assert.deepEqual(succeeded?.[0]?.slice(0, 6), ["b", "k0", "", "succeeded", "200", ""]);
  assert.equal(JSON.parse(succeeded?.[0]?.[6] ?? "").checksum_hex, "6D2F5339");
  assert.deepEqual(failed?.[0]?.slice(0, 6), ["b", "k1", "", "failed", "200", "PermanentFailure"]);
  assert.match(failed?.[0]?.[6] ?? "", /"Task [0-9a-f-]{36} Access Denied, said .+"errorCode":"403"/);
});

test("a report of failures alone leaves out what went well, and none is written where none is asked for", async () => {
  house.s3.refuse = (operation, { Key }) => {
    if (operation === "PutObjectTagging" && Key === "k1") throw denied();
  };
  const Report = { ...REPORT, ReportScope: "FailedTasksOnly" };
  const id = await createdJob(house, jobOf(house, lines(2), { Report }));
  await house.work();
  assert.deepEqual(Object.keys(reportOf(`job-${id}`)), ["failed"]);
  house.s3.objects.clear();
  const quiet = await createdJob(house, jobOf(house, lines(2)));
  await house.work();
  assert.equal((await describedJob(house, quiet)).Status, "Complete");
  assert.deepEqual([...house.s3.objects.keys()], ["lists/manifest.csv"]);
});

test("what breaks without anybody's fault is tried again, and nothing after it is lost or done out of turn", async () => {
  const faults = [
    new Error("the custodian is away"),
    new AwsError("KMSInternalException", "", { fault: "server" }),
    new AwsError("SlowDown", "later", { status: 503 }),
  ];
  house.s3.refuse = (operation, { Key }) => {
    const fault = operation === "PutObjectTagging" && Key === "k2" ? faults.pop() : undefined;
    if (fault !== undefined) throw fault;
  };
  const id = await createdJob(house, jobOf(house, lines(4)));
  for (let run = 0; run < 4; run += 1) await house.work();
  const told = await describedJob(house, id);
  assert.deepEqual([told.Status, told.ProgressSummary.NumberOfTasksSucceeded], ["Complete", 4]);
  assert.deepEqual(new Set(keys()), new Set(["k0", "k1", "k2", "k3"]));
});

test("a job that cannot go on holds up no other", async () => {
  const [slow, other] = [await createdJob(house, jobOf(house, ["b,slow"], { Priority: 9 })), jobOf(house, ["b,slow"])];
  house.s3.refuse = (operation, { Key }) => {
    if (operation === "PutObjectTagging" && Key === "slow") throw new Error("the custodian is away");
  };
  const Location = { ObjectArn: "arn:aws:s3:::lists/other.csv", ETag: house.s3.put("lists/other.csv", "b,quick") };
  const quick = await createdJob(house, { ...other, Manifest: { ...other.Manifest, Location } });
  await house.work();
  assert.equal((await describedJob(house, quick)).Status, "Complete");
  assert.equal((await describedJob(house, slow)).Status, "Active");
});

test("what breaks for ever fails its task in the end, and the others are done", async () => {
  house.s3.refuse = (operation, { Key }) => {
    if (operation === "PutObjectTagging" && Key === "k0") throw new AwsError("SlowDown", "later", { status: 503 });
  };
  const id = await createdJob(house, jobOf(house, lines(2), { Report: REPORT }));
  for (let run = 0; run < 10; run += 1) await house.work();
  assert.deepEqual(reportOf(`job-${id}`)["failed"], [["b", "k0", "", "failed", "503", "SlowDown", "later"]]);
  assert.equal((await describedJob(house, id)).ProgressSummary.NumberOfTasksSucceeded, 1);
});

test("a job of which more than half has failed is stopped after a thousand tasks, and before goes on", async () => {
  house.s3.refuse = (operation, { Key = "" }) => {
    const number = Number(Key.slice(1));
    // More than half of the first ones too: that alone stops nothing.
    if (operation === "PutObjectTagging" && (number < 300 || number % 2 === 0)) throw denied();
  };
  const id = await createdJob(house, jobOf(house, lines(1200)));
  await house.work();
  const told = await describedJob(house, id);
  assert.deepEqual([told.Status, told.FailureReasons[0]?.FailureCode], ["Failed", "FailureThresholdExceeded"]);
  assert.equal(told.ProgressSummary.NumberOfTasksSucceeded + told.ProgressSummary.NumberOfTasksFailed, 1000);
});

test("half of the tasks may fail", async () => {
  house.s3.refuse = (operation, { Key = "" }) => {
    if (operation === "PutObjectTagging" && Number(Key.slice(1)) % 2 === 0) throw denied();
  };
  const id = await createdJob(house, jobOf(house, lines(1000)));
  await house.work();
  assert.equal((await describedJob(house, id)).Status, "Complete");
});

test("a job that is cancelled in the middle does no further task, and reports what it did", async () => {
  let id = "";
  house.s3.refuse = (operation, { Key }) => {
    if (operation === "PutObjectTagging" && Key === "k10")
      void house.call("UpdateJobStatus", { JobId: id, RequestedJobStatus: "Cancelled", StatusUpdateReason: "enough" });
  };
  id = await createdJob(house, jobOf(house, lines(500), { Report: REPORT }));
  await house.work();
  const told = await describedJob(house, id);
  assert.deepEqual([told.Status, told["StatusUpdateReason"]], ["Cancelled", "enough"]);
  const done = told.ProgressSummary.NumberOfTasksSucceeded;
  assert.ok(done >= 8 && done < 100, `${done} were done`);
  assert.equal(keys().length, done);
  assert.equal(reportOf(`job-${id}`)["succeeded"]?.length, done);
});

test("a job that is cancelled before its first task has no report", async () => {
  const id = await createdJob(house, jobOf(house, lines(1), { Report: REPORT }));
  await house.call("UpdateJobStatus", { JobId: id, RequestedJobStatus: "Cancelled" });
  await house.work();
  assert.equal((await describedJob(house, id)).Status, "Cancelled");
  assert.deepEqual([...house.s3.objects.keys()], ["lists/manifest.csv"]);
});

test("the job of the higher priority comes first, whichever was made first", async () => {
  const named = (name: string) => jobOf(house, [`b,${name}`]);
  const low = await createdJob(house, { ...named("low"), Priority: 1 });
  const Location = { ObjectArn: "arn:aws:s3:::lists/other.csv", ETag: house.s3.put("lists/other.csv", "b,high") };
  const given = named("low");
  const high = await createdJob(house, { ...given, Priority: 2, Manifest: { ...given.Manifest, Location } });
  await house.work();
  assert.deepEqual(keys(), ["high", "low"]);
  for (const id of [low, high]) assert.equal((await describedJob(house, id)).Status, "Complete");
});

test("a role that does not trust Batch Operations, or is not let read the manifest, makes the job fail", async () => {
  const Other = await createdJob(house, jobOf(house, lines(1), { RoleArn: `${ROLE}-other` }));
  await house.work();
  const told = await describedJob(house, Other);
  assert.deepEqual(
    [told.Status, told.FailureReasons],
    ["Failed", [{ FailureCode: "AccessDenied", FailureReason: "not trusted" }]],
  );
  house.s3.refuse = (operation) => {
    if (operation === "GetObject") throw denied();
  };
  const unread = await createdJob(house, jobOf(house, lines(1)));
  await house.work();
  assert.equal((await describedJob(house, unread)).Status, "Failed");
  assert.deepEqual(keys(), []);
});

test("a report that cannot be written makes the job fail, though its tasks are done", async () => {
  house.s3.refuse = (operation) => {
    if (operation === "PutObject") throw denied();
  };
  const id = await createdJob(house, jobOf(house, lines(2), { Report: REPORT }));
  await house.work();
  const told = await describedJob(house, id);
  assert.deepEqual([told.Status, told.ProgressSummary.NumberOfTasksSucceeded], ["Failed", 2]);
  assert.match(told.FailureReasons[0]?.FailureReason ?? "", /^The report could not be written/);
});

test("a job is forgotten ninety days after its end, not before", async () => {
  const id = await createdJob(house, jobOf(house, lines(1)));
  await house.work();
  house.clock.advance(90 * DAY_MS);
  await house.work();
  await describedJob(house, id);
  house.clock.advance(1);
  await house.work();
  await assert.rejects(describedJob(house, id), (thrown) => isAwsError(thrown, "NoSuchJob"));
});
