import { createHash } from "node:crypto";
import { LIMITS, parseArn } from "../../../base/index.js";
import { errors } from "../errors.js";
import { callOf } from "./calls.js";
import type { Generator, JobRequest, Manifest, Report, Tag } from "./job.js";
import { parseGenerator } from "./parse-generator.js";

const MOST_PRIORITY = 2 ** 31 - 1;

/** What a job works on, and its tags. */
interface Asked {
  readonly manifest?: Manifest;
  readonly generator?: Generator;
  readonly tags: readonly Tag[];
}

/** Everything that CreateJob asks of a request but permissions. Throws InvalidRequest, or says what is not here. */
export function parseRequest(given: JobRequest): Asked {
  const operations = Object.values(given.Operation).filter((one) => one !== undefined);
  if (operations.length !== 1) throw errors.invalidRequest("A job has one operation.");
  callOf(given.Operation);
  parsePriority(given.Priority);
  const role = parseArn(given.RoleArn);
  if (role?.service !== "iam" || !role.resource.startsWith("role/"))
    throw errors.invalidRequest("The RoleArn is not that of a role.");
  if ((given.Description ?? "").length > 256 || given.Description === "")
    throw errors.invalidRequest("A description has 1 to 256 characters.");
  if (given.ClientRequestToken !== undefined && !/^.{1,64}$/s.test(given.ClientRequestToken))
    throw errors.invalidRequest("A request token has 1 to 64 characters.");
  checkReport(given.Report);
  return { ...parseSource(given), tags: parseTags(given.Tags ?? []) };
}

export function parsePriority(priority: number): number {
  if (!Number.isInteger(priority) || priority < 0 || priority > MOST_PRIORITY)
    throw errors.invalidRequest(`A priority is a whole number from 0 to ${MOST_PRIORITY}.`);
  return priority;
}

function parseSource({ Manifest: manifest, ManifestGenerator: generator }: JobRequest): Omit<Asked, "tags"> {
  if (manifest !== undefined && generator === undefined) return { manifest: parseManifest(manifest) };
  if (manifest === undefined && generator !== undefined) return { generator: parseGenerator(generator) };
  throw errors.invalidRequest("A job has either a manifest or a generator of one.");
}

function parseManifest(manifest: Manifest): Manifest {
  const { Spec: spec, Location: location } = manifest;
  const arn = parseArn(location?.ObjectArn ?? "");
  if (arn?.service !== "s3" || !/^[^/]+\/./s.test(arn.resource))
    throw errors.invalidRequest("The manifest's ObjectArn is not that of an object.");
  if ((location?.ETag ?? "") === "") throw errors.invalidRequest("The manifest's ETag is missing.");
  const isCsv = spec?.Format === "S3BatchOperations_CSV_20180820";
  if (isCsv) checkFields(spec?.Fields ?? []);
  else if (spec?.Fields !== undefined)
    throw errors.invalidRequest("An inventory report says its fields itself: the manifest's Spec has none.");
  return manifest;
}

function checkFields(fields: readonly string[]): void {
  const named = fields.filter((field) => field !== "Ignore");
  const isRight = named.includes("Bucket") && named.includes("Key") && new Set(named).size === named.length;
  if (!isRight || named.some((field) => !["Bucket", "Key", "VersionId"].includes(field)))
    throw errors.invalidRequest("The manifest's Fields must name Bucket and Key, and may name VersionId, each once.");
}

function checkReport(report: Report): void {
  if (report.Enabled !== true) return;
  const arn = parseArn(report.Bucket ?? "");
  if (arn?.service !== "s3" || arn.resource === "" || arn.resource.includes("/"))
    throw errors.invalidRequest("A report needs the ARN of a bucket.");
  if (report.Format === undefined || report.ReportScope === undefined)
    throw errors.invalidRequest("A report needs its Format and its ReportScope.");
  if ((report.Prefix ?? "").length > 512) throw errors.invalidRequest("A report's prefix has 512 characters at most.");
}

export function parseTags(
  given: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Tag[] {
  const tags = given.map(({ Key = "", Value = "" }) => ({ Key, Value }));
  if (tags.length > LIMITS.s3BatchTags) throw errors.tooManyTags(LIMITS.s3BatchTags);
  const wrong = tags.find(
    ({ Key, Value }) => Key === "" || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key),
  );
  if (wrong !== undefined || new Set(tags.map(({ Key }) => Key)).size < tags.length)
    throw errors.invalidRequest(
      "A tag has a key of 1 to 128 characters, once, not AWS's own, and a value of 256 at most.",
    );
  return tags;
}

/** Two requests with one token must agree in everything else. */
export function digestOf({ ClientRequestToken: _, ...rest }: JobRequest): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(rest)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (value instanceof Date || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}
