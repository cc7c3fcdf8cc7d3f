import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { clientsOf } from "../harness/clients.js";
import type { Server } from "../harness/server.js";
import type { Stage } from "./row.js";

export async function stageOf(server: Server): Promise<Stage> {
  const root = clientsOf(server);
  const { Account = "" } = await root.sts.send(new GetCallerIdentityCommand({}));
  return { server, root, account: Account };
}

/** The error of a call that was refused or failed; undefined when it succeeded. */
export interface CallError {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

export async function errorOfCall(call: Promise<unknown>): Promise<CallError | undefined> {
  try {
    await call;
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    const { $metadata } = thrown as { $metadata?: { httpStatusCode?: number } }; // clients' errors have it, others not
    return { name: thrown.name, message: thrown.message, status: $metadata?.httpStatusCode };
  }
}
