import { type AccountId, makeArn, type Region } from "../../../base/index.js";
import type { InputOf } from "../../../kit/index.js";

export type JobRequest = InputOf<typeof import("@aws-sdk/client-s3-control"), "CreateJob">;
export type Operation = JobRequest["Operation"];
export type Manifest = NonNullable<JobRequest["Manifest"]>;
export type Generator = NonNullable<NonNullable<JobRequest["ManifestGenerator"]>["S3JobManifestGenerator"]>;
export type Report = JobRequest["Report"];

/** AWS's names; `Pausing` and `Paused` are never seen here. */
export type JobStatus =
  | "New"
  | "Preparing"
  | "Suspended"
  | "Ready"
  | "Active"
  | "Completing"
  | "Complete"
  | "Cancelling"
  | "Cancelled"
  | "Failing"
  | "Failed";

const ENDED: ReadonlySet<JobStatus> = new Set(["Complete", "Cancelled", "Failed"]);

export const hasEnded = ({ status }: Job): boolean => ENDED.has(status);

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface Job {
  readonly id: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly createdMs: number;
  readonly status: JobStatus;
  readonly priority: number;
  readonly operation: Operation;
  /** Either a manifest or a generator of one, which has its place while the job is prepared. */
  readonly manifest?: Manifest | undefined;
  readonly generator?: Generator | undefined;
  readonly generation?: Generation | undefined;
  /** Where the manifest that was generated lies. */
  readonly generated?: ManifestLocation | undefined;
  readonly report: Report;
  readonly roleArn: string;
  readonly description?: string | undefined;
  readonly needsConfirmation: boolean;
  readonly tags: readonly Tag[];
  readonly progress: Progress;
  /** Of the request's content: the same token again must bring the same. */
  readonly digest: string;
  readonly statusReason?: string | undefined;
  readonly failures: readonly Failure[];
  readonly suspendedMs?: number | undefined;
  readonly endedMs?: number | undefined;
}

/** How far the generation of a manifest is. */
export interface Generation {
  /** Where the list goes on, in S3's words. */
  readonly position?: string | undefined;
  readonly isListed: boolean;
  /** Tasks that are rows already, and how many of them are in files of the manifest. */
  readonly kept: number;
  readonly written: number;
  readonly hasVersions: boolean;
  readonly files: readonly GeneratedFile[];
  readonly manifest?: ManifestLocation | undefined;
}

export const START: Generation = { isListed: false, kept: 0, written: 0, hasVersions: false, files: [] };

/** As an inventory's manifest names it. */
export interface GeneratedFile {
  readonly key: string;
  readonly size: number;
  readonly MD5checksum: string;
}

export interface ManifestLocation {
  readonly ObjectArn: string;
  readonly ETag: string;
  readonly ObjectVersionId?: string;
}

/** Tasks are done in the manifest's order: `done` of them are, whatever their fate. */
export interface Progress {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly activeMs: number;
}

export interface Failure {
  readonly FailureCode: string;
  readonly FailureReason: string;
}

/** One object that the manifest names. */
export interface Task {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** As operations of S3 are told it. */
export const objectOf = ({ bucket, key, versionId }: Task) => ({
  Bucket: bucket,
  Key: key,
  ...(versionId === undefined ? {} : { VersionId: versionId }),
});

export const doneOf = ({ progress }: Job): number => progress.succeeded + progress.failed;

export const jobArn = ({ id, account, region }: Pick<Job, "id" | "account" | "region">): string =>
  makeArn("s3", region, account, `job/${id}`);

/** The one member that a job's operation has; an empty operation, which CreateJob refuses, has the first. */
export const operationName = (operation: Operation): keyof Operation =>
  (Object.keys(operation) as (keyof Operation)[]).find((name) => operation[name] !== undefined) ?? "LambdaInvoke"; // the model's own names
