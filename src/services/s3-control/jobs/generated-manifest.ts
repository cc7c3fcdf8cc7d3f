import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { needs, parseArn, utf8 } from "../../../base/index.js";
import { bodyOfBytes } from "../../../kit/index.js";
import type { RoleSession, S3ControlPorts } from "../ports.js";
import { csvKey } from "./csv.js";
import type { GeneratedFile, Generation, Generator, Job, ManifestLocation, Task } from "./job.js";
import { selectTasks } from "./store.js";

const compress = promisify(gzip);

/** Of one file. */
const PAGES = 200;
const FORMAT = "2021-11-30";

type Generating = Job & { readonly generator: Generator };
type Output = NonNullable<Generator["ManifestOutputLocation"]>;

/**
 * The next file of the manifest, written as the job's role. Its name is the job's own: written again after a crash, the
 * same object says the same.
 */
export async function writeManifestFile(
  { database }: S3ControlPorts,
  session: RoleSession,
  job: Generating,
  generation: Generation,
): Promise<Generation> {
  const tasks: Task[] = [];
  for (let page = 0; page < PAGES && generation.written + tasks.length < generation.kept; page += 1) {
    const from = generation.written + tasks.length;
    tasks.push(...(await database.read((tx) => selectTasks(tx, job.id, from))));
  }
  const body = await compress(tasks.map((task) => lineOf(task, generation)).join(""));
  const name = createHash("sha1").update(`${job.id} manifest ${generation.files.length}`).digest("hex");
  const file: GeneratedFile = {
    key: `${rootOf(job)}data/${name}.csv.gz`,
    size: body.length,
    MD5checksum: md5Of(body),
  };
  await put(session, job, file.key, "application/gzip", body);
  return { ...generation, written: generation.written + tasks.length, files: [...generation.files, file] };
}

/** With its checksum beside it, as inventories have it. Gives where it lies. */
export async function writeManifest(
  session: RoleSession,
  job: Generating,
  { files, hasVersions }: Generation,
): Promise<ManifestLocation> {
  const output = outputOf(job);
  const manifest = {
    sourceBucket: parseArn(job.generator.SourceBucket ?? "")?.resource,
    destinationBucket: output.Bucket,
    version: FORMAT,
    creationTimestamp: String(job.createdMs),
    fileFormat: "CSV",
    fileSchema: hasVersions ? "Bucket, Key, VersionId" : "Bucket, Key",
    files,
  };
  const key = `${rootOf(job)}manifest.json`;
  const body = utf8(JSON.stringify(manifest, undefined, 2));
  await put(session, job, `${rootOf(job)}manifest.checksum`, "text/plain", utf8(md5Of(body)));
  const { ETag, VersionId } = await put(session, job, key, "application/json", body);
  return {
    ObjectArn: `${output.Bucket}/${key}`,
    ETag: String(ETag).replaceAll('"', ""),
    ...(typeof VersionId === "string" ? { ObjectVersionId: VersionId } : {}),
  };
}

const lineOf = ({ bucket, key, versionId = "" }: Task, { hasVersions }: Generation): string =>
  `"${bucket}","${csvKey(key)}"${hasVersions ? `,"${versionId}"` : ""}\n`;

/** Beside the report's folder, which may lie below the same prefix. */
function rootOf(job: Generating): string {
  const { ManifestPrefix: prefix = "" } = outputOf(job);
  return `${prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`}manifest-${job.id}/`;
}

function outputOf({ generator }: Generating): Output {
  const { ManifestOutputLocation: output } = generator;
  needs(output !== undefined, "a manifest that is written has a place");
  return output;
}

const md5Of = (body: Uint8Array): string => createHash("md5").update(body).digest("hex");

function put(session: RoleSession, job: Generating, Key: string, ContentType: string, body: Uint8Array) {
  const { Bucket, ExpectedManifestBucketOwner: owner, ManifestEncryption: encryption } = outputOf(job);
  const { members, headers } = encryptionOf(encryption);
  const input = {
    Bucket: parseArn(Bucket ?? "")?.resource,
    Key,
    ContentType,
    ...members,
    ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }),
  };
  return session.call("PutObject", input, { headers, body: bodyOfBytes(body) });
}

const SSE = "x-amz-server-side-encryption";

/** What PutObject is told, and the headers by which policies know it. Without a word the bucket's default counts. */
function encryptionOf({ SSES3, SSEKMS }: NonNullable<Output["ManifestEncryption"]> = {}): {
  readonly members: object;
  readonly headers: Readonly<Record<string, string>>;
} {
  if (SSEKMS?.KeyId !== undefined)
    return {
      members: { ServerSideEncryption: "aws:kms", SSEKMSKeyId: SSEKMS.KeyId },
      headers: { [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: SSEKMS.KeyId },
    };
  return SSES3 === undefined
    ? { members: {}, headers: {} }
    : { members: { ServerSideEncryption: "AES256" }, headers: { [SSE]: "AES256" } };
}
