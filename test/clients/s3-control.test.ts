import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DescribeJobCommand,
  type JobDescriptor,
} from "@aws-sdk/client-s3-control";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { aws, awsEnvironment, clientsOf, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { listsThroughKill } from "./s3-generated.js";

const hasBoto3 = (await runProgram("python3", ["-c", "import boto3"]).catch(() => ({ code: 1 }))).code === 0;
const hasCli = (await runProgram("aws", ["--version"]).catch(() => ({ code: 1 }))).code === 0;
const missing = hasBoto3 && hasCli ? false : "python3 with boto3, or the AWS CLI, is not installed";

/** Eight of them are done between two commits, so that there are many places where a kill can fall. */
const OBJECTS = 240;

const folder = newFolder("s3-control");
let server: Server;
let environment: Record<string, string>;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Said to the server as to a proxy: `account.127.0.0.1` is no name that can be looked up. */
const proxied = () => ({ ...environment, ...awsEnvironment(server), HTTP_PROXY: server.endpoint });

async function python(...args: string[]): Promise<string> {
  const script = join(process.cwd(), "test", "clients", "s3_control.py");
  const done = await runProgram("python3", [script, ...args], { environment: proxied() });
  assert.equal(done.code, 0, done.stderr);
  return done.stdout.trim();
}

async function cli(...args: string[]): Promise<Record<string, unknown>> {
  const account = ["--account-id", environment["ACCOUNT"] ?? ""];
  const done = await aws(server, ["s3control", ...args, ...account], { environment: { HTTP_PROXY: server.endpoint } });
  assert.equal(done.code, 0, done.stderr);
  return done.stdout === "" ? {} : (JSON.parse(done.stdout) as Record<string, unknown>); // the CLI's JSON
}

/** What the role needs for an operation on a version each. */
const EACH = [
  "s3:PutObjectVersionTagging",
  "s3:DeleteObjectVersionTagging",
  "s3:PutObjectVersionAcl",
  "s3:PutObjectLegalHold",
  "s3:PutObjectRetention",
  "s3:UpdateObjectEncryption",
  "s3:RestoreObject",
  "s3:InitiateReplication",
  "s3:GetObjectVersion",
];

const allow = (Action: readonly string[], Resource: string) => ({ Effect: "Allow", Action, Resource });

/** A role, for batch jobs if for nobody else, that may do no more than these. Gives its ARN. */
async function makeRole(
  RoleName: string,
  Statement: readonly object[],
  Service = "batchoperations.s3.amazonaws.com",
): Promise<string> {
  const { iam } = clientsOf(server);
  const trust = {
    Effect: "Allow",
    Principal: { Service },
    Action: "sts:AssumeRole",
  };
  const document = (statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document([trust]) }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument: document(Statement) }));
  return Role?.Arn ?? "";
}

async function furnish(): Promise<void> {
  const { kms, s3, sts } = clientsOf(server);
  const { Account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
  const role = await makeRole("batch", [
    allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::batch/*"),
    allow(["s3:GetObject"], "arn:aws:s3:::reports/lists/*"),
    allow(EACH, "arn:aws:s3:::each/*"),
    allow(["s3:InitiateReplication"], "arn:aws:s3:::before/*"),
    allow(["s3:PutObject"], "arn:aws:s3:::reports/done/*"),
    allow(["kms:GenerateDataKey", "kms:Decrypt"], key?.Arn ?? ""),
  ]);
  for (const Bucket of ["batch", "reports"]) await s3.send(new CreateBucketCommand({ Bucket }));
  for (let first = 0; first < OBJECTS; first += 20) {
    const names = Array.from({ length: 20 }, (_, at) => `folder/${first + at}, "ü" + <&>`);
    await Promise.all(
      names.map((Key) =>
        s3.send(new PutObjectCommand({ Bucket: "batch", Key, Body: Key, Metadata: { of: "before" } })),
      ),
    );
  }
  const replicates = [
    allow(["s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"], "arn:aws:s3:::each/*"),
    allow(["s3:GetObjectVersionForReplication"], "arn:aws:s3:::before/*"),
    allow(["s3:ReplicateObject", "s3:ReplicateTags"], "arn:aws:s3:::replicas/*"),
  ];
  await makeRole("replicator", replicates, "s3.amazonaws.com");
  environment = { ACCOUNT: Account, ROLE_ARN: role, KEY_ARN: key?.Arn ?? "" };
}

/** Until some tasks are counted, and far from all. Gives how many. */
async function untilBegun(JobId: string): Promise<number> {
  const { s3control } = clientsOf(server);
  for (;;) {
    const { Job } = await s3control.send(new DescribeJobCommand({ AccountId: environment["ACCOUNT"], JobId }));
    const done = Job?.ProgressSummary?.NumberOfTasksSucceeded ?? 0;
    assert.ok(Job?.Status === "Ready" || Job?.Status === "Active", `the job is ${Job?.Status} after ${done}`);
    if (done >= 16) return done;
  }
}

test("a batch job brings a bucket under another key, through kill -9, and reports every object once", {
  skip: missing,
}, async (t) => {
  await furnish();
  const job = await python("begin");
  await cli("update-job-status", "--job-id", job, "--requested-job-status", "Ready");
  const begun = await untilBegun(job);
  await server.kill();
  server = await startServer({ dataFolder: `${folder}/data`, port: server.port });
  t.diagnostic(`killed when ${begun} of ${OBJECTS} tasks were counted`);
  assert.equal(await python("finish", job), `ok: ${OBJECTS} tasks`);
});

test("every other operation of a job does to its object what S3's own does", { skip: missing }, async () => {
  assert.equal(await python("each"), "ok: 10 operations");
});

/** Until it has ended. */
async function ended(AccountId: string, JobId: string | undefined): Promise<JobDescriptor> {
  const { s3control } = clientsOf(server);
  for (;;) {
    const { Job = {} } = await s3control.send(new DescribeJobCommand({ AccountId, JobId }));
    if (Job.TerminationDate !== undefined) return Job;
  }
}

test("a job brings exactly those objects under another key that its generator's filter names", async () => {
  const { kms, s3, s3control, sts } = clientsOf(server);
  const { Account: AccountId = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const newKey = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const [before, other, after] = [await newKey(), await newKey(), await newKey()];
  for (const Bucket of ["generated", "generated-lists"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket: "generated", Key, Body: Key, ...more }));
  const under = (SSEKMSKeyId: string, BucketKeyEnabled = false) =>
    ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId, BucketKeyEnabled }) as const;
  await put("docs/owned, 1");
  await put("docs/before", under(before));
  await put("docs/bucket-key", under(before, true));
  await put("docs/other", under(other));
  await put("docs/two", { ServerSideEncryption: "aws:kms:dsse", SSEKMSKeyId: before });
  await put("elsewhere", under(before));
  const role = await makeRole("generated", [
    allow(["s3:PutInventoryConfiguration"], "arn:aws:s3:::generated"),
    allow(["s3:UpdateObjectEncryption", "s3:PutObject"], "arn:aws:s3:::generated/*"),
    allow(["s3:PutObject"], "arn:aws:s3:::generated-lists/*"),
    allow(["kms:*"], "*"),
  ]);
  const stranger = await makeRole("generated-stranger", [
    allow(["s3:ListBucket", "s3:ListBucketVersions"], "arn:aws:s3:::generated"),
  ]);
  const generator = {
    SourceBucket: "arn:aws:s3:::generated",
    ExpectedBucketOwner: AccountId,
    EnableManifestOutput: true,
    ManifestOutputLocation: {
      Bucket: "arn:aws:s3:::generated-lists",
      ManifestPrefix: "lists",
      ManifestFormat: "S3InventoryReport_CSV_20211130",
      ManifestEncryption: { SSEKMS: { KeyId: other } },
    },
    Filter: {
      KeyNameConstraint: { MatchAnyPrefix: ["docs/"] },
      CreatedAfter: new Date("2000-01-01T00:00:00Z"),
      MatchAnyStorageClass: ["STANDARD"],
      ObjectSizeGreaterThanBytes: 1,
      MatchAnyObjectEncryption: [{ SSES3: {} }, { SSEKMS: { KmsKeyArn: before, BucketKeyEnabled: false } }],
    },
  } satisfies NonNullable<CreateJobCommandInput["ManifestGenerator"]>["S3JobManifestGenerator"];
  const job = {
    AccountId,
    ConfirmationRequired: false,
    Operation: {
      S3UpdateObjectEncryption: { ObjectEncryption: { SSEKMS: { KMSKeyArn: after, BucketKeyEnabled: true } } },
    },
    Report: {
      Enabled: true,
      Bucket: "arn:aws:s3:::generated-lists",
      Prefix: "done",
      Format: "Report_CSV_20180820",
      ReportScope: "AllTasks",
    },
    Priority: 1,
    RoleArn: role,
    ManifestGenerator: { S3JobManifestGenerator: generator },
  } satisfies CreateJobCommandInput;

  const refused = await s3control.send(new CreateJobCommand({ ...job, RoleArn: stranger }));
  const failed = await ended(AccountId, refused.JobId);
  assert.deepEqual([failed.Status, failed.FailureReasons?.[0]?.FailureCode], ["Failed", "AccessDenied"]);
  await assert.rejects(
    s3control.send(new CreateJobCommand({ ...job, ManifestGenerator: undefined })),
    (thrown: Error) => thrown.name === "InvalidRequest",
  );

  const { JobId } = await s3control.send(new CreateJobCommand(job));
  const told = await ended(AccountId, JobId);
  assert.deepEqual([told.Status, told.FailureReasons ?? []], ["Complete", []]);
  assert.equal(told.ProgressSummary?.NumberOfTasksSucceeded, 2);
  assert.deepEqual(told.ManifestGenerator, { S3JobManifestGenerator: generator });
  const keys: Record<string, unknown> = {};
  for (const Key of ["docs/owned, 1", "docs/before", "docs/bucket-key", "docs/other", "docs/two", "elsewhere"])
    keys[Key] = (await s3.send(new HeadObjectCommand({ Bucket: "generated", Key }))).SSEKMSKeyId;
  assert.deepEqual(keys, {
    "docs/owned, 1": after,
    "docs/before": after,
    "docs/bucket-key": before,
    "docs/other": other,
    "docs/two": before,
    elsewhere: before,
  });

  const read = async (Key: string) => {
    const { Body, ETag, SSEKMSKeyId } = await s3.send(new GetObjectCommand({ Bucket: "generated-lists", Key }));
    return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), ETag, SSEKMSKeyId };
  };
  const { Location, Format } = told.GeneratedManifestDescriptor ?? {};
  assert.equal(Format, "S3InventoryReport_CSV_20211130");
  const manifest = await read(Location?.ObjectArn?.split("generated-lists/")[1] ?? "");
  assert.deepEqual([manifest.ETag, manifest.SSEKMSKeyId], [`"${Location?.ETag}"`, other]);
  const { files } = JSON.parse(String(manifest.bytes)) as { files: { key: string }[] }; // the job wrote it
  assert.equal(files.length, 1);
  const lines = gunzipSync((await read(files[0]?.key ?? "")).bytes).toString();
  assert.equal(lines, '"generated","docs/before"\n"generated","docs/owned%2C%201"\n');
  const { Results } = JSON.parse(String((await read(`done/job-${JobId}/manifest.json`)).bytes)) as {
    Results: { Key: string }[];
  }; // likewise
  const report = String((await read(Results[0]?.Key ?? "")).bytes)
    .trim()
    .split("\n");
  assert.deepEqual(
    report.map((line) => line.split(",").slice(0, 4).join(" ")),
    ["generated docs/before  succeeded", "generated docs/owned%2C%201  succeeded"],
  );
});

test("a generated manifest names every object once, wherever kill -9 falls while it is made", async (t) => {
  const { sts } = clientsOf(server);
  const { Account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const role = await makeRole("listing", [
    allow(["s3:PutInventoryConfiguration"], "arn:aws:s3:::listed-through-kill"),
    allow(["s3:PutObject"], "arn:aws:s3:::listed-through-kill/lists/*"),
  ]);
  const killAndStart = async () => {
    await server.kill();
    server = await startServer({ dataFolder: `${folder}/data`, port: server.port });
  };
  const note = (text: string) => t.diagnostic(text);
  await listsThroughKill({ clients: () => clientsOf(server), killAndStart, note }, Account, role);
});
