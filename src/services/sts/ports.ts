import type { Identity } from "../../identity/index.js";
import { operationsOf } from "../../kit/index.js";
import type { Database } from "../../store/index.js";
import type { IssuerKeys } from "./web-identity/issuer-keys.js";

export interface StsPorts {
  /** Opened with `IDENTITY_MIGRATIONS`. */
  readonly database: Database;
  readonly identity: Identity;
  /** The keys of OpenID Connect issuers. */
  readonly issuerKeys: IssuerKeys;
}

export const operation = operationsOf<typeof import("@aws-sdk/client-sts"), StsPorts>();
