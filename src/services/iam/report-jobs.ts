import type { AccountId } from "../../base/index.js";
import { type AccessReport, accessReports } from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { noSuchEntity } from "./errors.js";

/** The job of this account; another's is as good as none. */
export async function jobOf(tx: ReadTx, account: AccountId, id: string): Promise<AccessReport> {
  const job = await accessReports.find(tx, account, id);
  if (job === undefined) throw noSuchEntity(`The job with id ${id} cannot be found.`);
  return job;
}

export const jobTimes = ({ createdMs }: AccessReport) => ({
  JobStatus: "COMPLETED" as const,
  JobCreationDate: new Date(createdMs),
  JobCompletionDate: new Date(createdMs),
});
