import type { Audit } from "../../audit/index.js";
import { operationsOf } from "../../kit/index.js";

/** What CloudTrail's operations stand on: the trail itself, which the gateway writes. */
export interface CloudTrailPorts {
  readonly audit: Pick<Audit, "lookup">;
}

export const operation = operationsOf<typeof import("@aws-sdk/client-cloudtrail"), CloudTrailPorts>();
