import { LIMITS } from "../../../base/index.js";
import type { RoleSession, S3ControlPorts } from "../ports.js";
import { WrongManifest } from "./csv.js";
import type { Job, Manifest, Task } from "./job.js";
import { tasksOf } from "./manifest.js";
import { deleteTasks, insertTasks, TASKS_A_PAGE } from "./store.js";

/** Of one commit. */
const PAGES = 20;

/**
 * Reads the manifest once and keeps its tasks, so that nobody changes them any more; gives how many there are. What a
 * preparation that was killed left behind is made anew. Throws WrongManifest, or what S3 says to the role.
 */
export async function keepTasks(
  { database }: S3ControlPorts,
  session: RoleSession,
  job: Job,
  manifest: Manifest,
): Promise<number> {
  await database.write((tx) => deleteTasks(tx, job.id));
  let kept = 0;
  let waiting: Task[] = [];
  const keep = async () => {
    const [first, tasks] = [kept / TASKS_A_PAGE, waiting];
    await database.write(async (tx) => {
      for (let at = 0; at < tasks.length; at += TASKS_A_PAGE)
        await insertTasks(tx, job.id, first + at / TASKS_A_PAGE, tasks.slice(at, at + TASKS_A_PAGE));
    });
    kept += tasks.length;
    waiting = [];
  };
  for await (const task of tasksOf(session, manifest)) {
    waiting.push(task);
    if (waiting.length === PAGES * TASKS_A_PAGE) await keep();
    if (kept >= LIMITS.s3BatchTasks)
      throw new WrongManifest(`A manifest names ${LIMITS.s3BatchTasks} objects at most.`);
  }
  await keep();
  if (kept === 0) throw new WrongManifest("The manifest names no object.");
  return kept;
}
