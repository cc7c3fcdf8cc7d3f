import { defineService, type Service } from "../../kit/index.js";
import type { CloudTrailPorts } from "./operation.js";
import { lookupEvents } from "./operations/lookup-events.js";

export type { CloudTrailPorts } from "./operation.js";

/** CloudTrail's event history. Trails and their delivery are not there: those operations answer NotImplemented. */
export function cloudTrailService(ports: CloudTrailPorts): Service {
  return defineService({ id: "cloudtrail", operations: [lookupEvents(ports)] });
}
