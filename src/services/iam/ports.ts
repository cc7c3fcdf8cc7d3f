import type { LastUses } from "../../identity/index.js";
import { operationsOf } from "../../kit/index.js";
import type { Database } from "../../store/index.js";

export interface IamPorts {
  /** Opened with `IDENTITY_MIGRATIONS`. */
  readonly database: Database;
  readonly uses: LastUses;
}

export const operation = operationsOf<typeof import("@aws-sdk/client-iam"), IamPorts>();
