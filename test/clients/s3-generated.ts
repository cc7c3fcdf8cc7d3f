import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateJobCommand, DescribeJobCommand, type JobDescriptor } from "@aws-sdk/client-s3-control";
import type { Clients } from "../harness/clients.js";

/** Pages of lists, which a bucket in a test of a whole server does not fill, are killed between in tests of their own. */
const OBJECTS = 200;
const JOBS = 4;
const BUCKET = "listed-through-kill";

interface House {
  /** Of the server that runs now. */
  readonly clients: () => Clients;
  readonly killAndStart: () => Promise<void>;
  readonly note: (text: string) => void;
}

/**
 * Several jobs make their manifests one after the other while the server is killed twice: soon after the first began, and
 * when the first is made. Wherever that falls, each list names every object once, and so does each manifest.
 */
export async function listsThroughKill(house: House, AccountId: string, RoleArn: string): Promise<void> {
  const keys = await fill(house.clients());
  const jobs: string[] = [];
  for (let at = 0; at < JOBS; at += 1) jobs.push(await begin(house.clients(), AccountId, RoleArn, `lists/${at}`));
  const [first = ""] = jobs;
  await until(house, AccountId, first, (status) => status !== "New");
  await kill(house, AccountId, jobs);
  await until(house, AccountId, first, (status) => status === "Suspended");
  await kill(house, AccountId, jobs);
  for (const job of jobs) {
    const told = await until(house, AccountId, job, (status) => status === "Suspended");
    assert.equal(told.ProgressSummary?.TotalNumberOfTasks, OBJECTS);
    assert.deepEqual(await listedBy(house.clients(), told), keys);
  }
}

async function fill({ s3 }: Clients): Promise<string[]> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const keys = Array.from({ length: OBJECTS }, (_, at) => `key-${String(at).padStart(4, "0")}`);
  for (let at = 0; at < OBJECTS; at += 20)
    await Promise.all(
      keys.slice(at, at + 20).map((Key) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "" }))),
    );
  return keys;
}

async function begin({ s3control }: Clients, AccountId: string, RoleArn: string, ManifestPrefix: string) {
  const { JobId = "" } = await s3control.send(
    new CreateJobCommand({
      AccountId,
      ConfirmationRequired: true,
      Operation: { S3DeleteObjectTagging: {} },
      Report: { Enabled: false },
      Priority: 1,
      RoleArn,
      ManifestGenerator: {
        S3JobManifestGenerator: {
          SourceBucket: `arn:aws:s3:::${BUCKET}`,
          EnableManifestOutput: true,
          ManifestOutputLocation: {
            Bucket: `arn:aws:s3:::${BUCKET}`,
            ManifestPrefix,
            ManifestFormat: "S3InventoryReport_CSV_20211130",
          },
          Filter: { KeyNameConstraint: { MatchAnyPrefix: ["key-"] } },
        },
      },
    }),
  );
  return JobId;
}

async function until(
  { clients }: House,
  AccountId: string,
  JobId: string,
  isSo: (status: string) => boolean,
): Promise<JobDescriptor> {
  for (;;) {
    const { Job = {} } = await clients().s3control.send(new DescribeJobCommand({ AccountId, JobId }));
    assert.equal(Job.TerminationDate, undefined, JSON.stringify(Job.FailureReasons));
    if (isSo(Job.Status ?? "")) return Job;
  }
}

async function kill(house: House, AccountId: string, jobs: readonly string[]): Promise<void> {
  const { s3control } = house.clients();
  const asked = jobs.map((JobId) => s3control.send(new DescribeJobCommand({ AccountId, JobId })));
  house.note(`killed when the jobs were ${(await Promise.all(asked)).map(({ Job }) => Job?.Status)}`);
  await house.killAndStart();
}

/** The keys of a job's manifest, in its order. */
async function listedBy({ s3 }: Clients, { GeneratedManifestDescriptor: made }: JobDescriptor): Promise<string[]> {
  const read = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const manifest = await read(made?.Location?.ObjectArn?.split(`${BUCKET}/`)[1] ?? "");
  const { files } = JSON.parse(String(manifest)) as { files: { key: string }[] }; // the job wrote it
  const lines = await Promise.all(files.map(async ({ key }) => gunzipSync(await read(key)).toString()));
  return [...lines.join("").matchAll(/^"[^"]*","([^"]*)"$/gm)].map(([, key = ""]) => key);
}
