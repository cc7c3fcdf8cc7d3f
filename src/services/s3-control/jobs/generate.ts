import { LIMITS, parseArn } from "../../../base/index.js";
import type { RoleSession, S3ControlPorts } from "../ports.js";
import { WrongManifest } from "./csv.js";
import { writeManifest, writeManifestFile } from "./generated-manifest.js";
import { type Generation, type Generator, type Job, START } from "./job.js";
import { appendTasks, findJob, putJob } from "./store.js";

/** As S3 says it in the job's FailureReasons. */
const NOTHING = "Manifest generation found no keys matching the filter criteria.";

/**
 * One step of a generated manifest: a page of the list, a file of the manifest, or the manifest. Each is one commit with
 * the place where the next goes on, so that a kill repeats one step. Gives the number of tasks when all is done.
 * Throws WrongManifest, or what S3 says to the role.
 */
export async function generateSome(
  ports: S3ControlPorts,
  session: RoleSession,
  job: Job & { readonly generator: Generator },
): Promise<number | undefined> {
  const generation = job.generation ?? START;
  if (!generation.isListed) {
    await listSome(ports, session, job, generation);
    return undefined;
  }
  if (generation.kept === 0) throw new WrongManifest(NOTHING);
  if (!job.generator.EnableManifestOutput || generation.manifest !== undefined) return generation.kept;
  const moved =
    generation.written < generation.kept
      ? await writeManifestFile(ports, session, job, generation)
      : { ...generation, manifest: await writeManifest(session, job, generation) };
  await keep(ports, job, moved);
  return undefined;
}

async function listSome(
  ports: S3ControlPorts,
  session: RoleSession,
  job: Job & { readonly generator: Generator },
  generation: Generation,
): Promise<void> {
  const { SourceBucket, ExpectedBucketOwner, Filter } = job.generator;
  const bucket = parseArn(SourceBucket ?? "")?.resource ?? "";
  const { kept, position } = generation;
  const { objects, next } = await session.list({ bucket, owner: ExpectedBucketOwner, filter: Filter ?? {}, position });
  if (kept + objects.length > LIMITS.s3BatchTasks)
    throw new WrongManifest(`A manifest names ${LIMITS.s3BatchTasks} objects at most.`);
  const tasks = objects.map(({ key, versionId }) => ({
    bucket,
    key,
    ...(versionId === undefined ? {} : { versionId }),
  }));
  const moved: Generation = {
    ...generation,
    kept: kept + tasks.length,
    hasVersions: generation.hasVersions || tasks.some((task) => "versionId" in task),
    position: next,
    isListed: next === undefined,
  };
  await keep(ports, job, moved, (tx) => appendTasks(tx, job.id, kept, tasks));
}

/** Unless the job was cancelled meanwhile. */
async function keep(
  { database }: S3ControlPorts,
  { id }: Job,
  generation: Generation,
  more: (tx: Parameters<typeof putJob>[0]) => Promise<void> = async () => {},
): Promise<void> {
  await database.write(async (tx) => {
    const now = await findJob(tx, id);
    if (now?.status !== "Preparing") return;
    await more(tx);
    await putJob(tx, { ...now, generation });
  });
}
