import { operationsOf } from "../../kit/index.js";
import type { Database } from "../../store/index.js";

/** What the operations of Organizations stand on. */
export interface OrganizationsPorts {
  /** The `iam` database: accounts live in it, and what organizations say of them. */
  readonly database: Database;
}

export const operation = operationsOf<typeof import("@aws-sdk/client-organizations"), OrganizationsPorts>();
