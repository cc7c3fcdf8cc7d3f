import { UniqueNameTaken } from "../../identity/index.js";
import { alreadyExists } from "./errors.js";

/** Runs what may find a name taken, and says so in IAM's words. */
export async function unlessTaken<T>(message: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof UniqueNameTaken) throw alreadyExists(message);
    throw thrown;
  }
}
