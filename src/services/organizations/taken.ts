import type { AwsError } from "../../base/index.js";
import { UniqueNameTaken } from "../../identity/index.js";

/** Says in the service's words that a name is taken. */
export async function unlessTaken(error: () => AwsError, write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (thrown) {
    throw thrown instanceof UniqueNameTaken ? error() : thrown;
  }
}
