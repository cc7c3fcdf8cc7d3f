import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DescribeJobCommand } from "@aws-sdk/client-s3-control";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { aws, awsEnvironment, clientsOf, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

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
];

async function furnish(): Promise<void> {
  const { iam, kms, s3, sts } = clientsOf(server);
  const { Account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
  const trust = (Service: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
    });
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: "batch", AssumeRolePolicyDocument: trust("batchoperations.s3.amazonaws.com") }),
  );
  const allow = (Action: readonly string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::batch/*"),
      allow(["s3:GetObject"], "arn:aws:s3:::reports/lists/*"),
      allow(EACH, "arn:aws:s3:::each/*"),
      allow(["s3:PutObject"], "arn:aws:s3:::reports/done/*"),
      allow(["kms:GenerateDataKey", "kms:Decrypt"], key?.Arn ?? ""),
    ],
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: "batch", PolicyName: "own", PolicyDocument }));
  for (const Bucket of ["batch", "reports"]) await s3.send(new CreateBucketCommand({ Bucket }));
  for (let first = 0; first < OBJECTS; first += 20) {
    const names = Array.from({ length: 20 }, (_, at) => `folder/${first + at}, "ü" + <&>`);
    await Promise.all(
      names.map((Key) =>
        s3.send(new PutObjectCommand({ Bucket: "batch", Key, Body: Key, Metadata: { of: "before" } })),
      ),
    );
  }
  environment = { ACCOUNT: Account, ROLE_ARN: Role?.Arn ?? "", KEY_ARN: key?.Arn ?? "" };
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
  assert.equal(await python("each"), "ok: 8 operations");
});
