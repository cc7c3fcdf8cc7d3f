import { createHash } from "node:crypto";
import { parseArn, utf8 } from "../../../base/index.js";
import { bodyOfBytes } from "../../../kit/index.js";
import type { RoleSession, S3ControlPorts } from "../ports.js";
import { doneOf, type Job } from "./job.js";
import { resultsAfter } from "./store.js";

/** Of one file; a longer report has several. */
const LINES = 20_000;

interface ReportFile {
  readonly TaskExecutionStatus: "succeeded" | "failed";
  readonly Bucket: string;
  readonly MD5Checksum: string;
  readonly Key: string;
}

/**
 * Writes the report of a job that ends, as its role. Names are the job's own: written again after a crash, the same
 * objects say the same. A job that did nothing has no report. Throws what S3 says to the role.
 */
export async function writeReport(ports: S3ControlPorts, session: RoleSession, job: Job): Promise<void> {
  if (job.report.Enabled !== true || doneOf(job) === 0) return;
  const files = [
    ...(await writeLines(ports, session, job, "succeeded")),
    ...(await writeLines(ports, session, job, "failed")),
  ];
  const manifest = {
    Format: "Report_CSV_20180820",
    ReportCreationDate: ports.clock.now().toISOString(),
    Results: files,
    ReportSchema: "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
  };
  const key = `${rootOf(job)}manifest.json`;
  const body = utf8(JSON.stringify(manifest));
  await put(session, job, key, "application/json", body);
  await put(session, job, `${key}.md5`, "text/plain", utf8(md5Of(body)));
}

async function writeLines(
  { database }: S3ControlPorts,
  session: RoleSession,
  job: Job,
  status: ReportFile["TaskExecutionStatus"],
): Promise<ReportFile[]> {
  const files: ReportFile[] = [];
  for (let after = -1; ; ) {
    const results = await database.read((tx) => resultsAfter(tx, job.id, status === "succeeded", after, LINES));
    after = results.at(-1)?.number ?? after;
    if (results.length > 0) {
      const body = utf8(results.map(({ line }) => `${line}\n`).join(""));
      const name = createHash("sha1").update(`${job.id} ${status} ${files.length}`).digest("hex");
      const key = `${rootOf(job)}results/${name}.csv`;
      await put(session, job, key, "text/csv", body);
      files.push({ TaskExecutionStatus: status, Bucket: bucketOf(job), MD5Checksum: md5Of(body), Key: key });
    }
    if (results.length < LINES) return files;
  }
}

function rootOf({ id, report: { Prefix: prefix = "" } }: Job): string {
  return `${prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`}job-${id}/`;
}

const bucketOf = ({ report }: Job): string => parseArn(report.Bucket ?? "")?.resource ?? "";

const md5Of = (body: Uint8Array): string => createHash("md5").update(body).digest("hex");

/** Reports are under SSE-S3, whatever their bucket does by default. */
function put(session: RoleSession, job: Job, Key: string, ContentType: string, body: Uint8Array) {
  const { ExpectedBucketOwner } = job.report;
  const input = {
    Bucket: bucketOf(job),
    Key,
    ContentType,
    ServerSideEncryption: "AES256",
    ...(ExpectedBucketOwner === undefined ? {} : { ExpectedBucketOwner }),
  };
  const headers = { "x-amz-server-side-encryption": "AES256" };
  return session.call("PutObject", input, { headers, body: bodyOfBytes(body) });
}
