import { errors } from "../errors.js";
import type { Job } from "../jobs/job.js";
import { findJob, putJob } from "../jobs/store.js";
import { getJob, getRunning, onJob } from "../on-job.js";
import { operation } from "../ports.js";

/** Confirms a job that waits for it, or cancels one that has not ended. What was done stays done. */
export const updateJobStatus = operation("UpdateJobStatus", {
  ...onJob("UpdateJobStatus", (_input: { JobId: string }, job) =>
    job.status === "Suspended" ? [["s3:jobsuspendedcause", "AWAITING_CONFIRMATION"]] : [],
  ),
  run: async (ctx, input, { target }, ports) => {
    const { id } = getJob(target);
    const { RequestedJobStatus: wanted, StatusUpdateReason: reason } = input;
    if ((reason ?? "").length > 256) throw errors.invalidRequest("A StatusUpdateReason has 256 characters at most.");
    const job = await ctx.commit(ports.database, async (tx) => {
      const now = getRunning(await findJob(tx, id));
      const moved: Job = { ...now, status: nextStatus(now, wanted), statusReason: reason ?? now.statusReason };
      await putJob(tx, moved);
      return moved;
    });
    return {
      JobId: id,
      Status: job.status,
      ...(job.statusReason === undefined ? {} : { StatusUpdateReason: job.statusReason }),
    };
  },
});

function nextStatus({ status }: Job, wanted: "Ready" | "Cancelled"): Job["status"] {
  if (wanted === "Ready") {
    if (status !== "Suspended") throw errors.jobStatus(`The job is ${status}: it does not wait for a confirmation.`);
    return "Ready";
  }
  // What already ends goes to its own end.
  if (["Completing", "Failing"].includes(status))
    throw errors.jobStatus(`The job is ${status} and cannot be cancelled any more.`);
  return "Cancelling";
}
