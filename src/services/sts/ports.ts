import type { Identity } from "../../identity/index.js";
import { operationsOf } from "../../kit/index.js";
import type { Database } from "../../store/index.js";

export interface StsPorts {
  /** Opened with `IDENTITY_MIGRATIONS`. */
  readonly database: Database;
  readonly identity: Identity;
}

export const operation = operationsOf<typeof import("@aws-sdk/client-sts"), StsPorts>();
