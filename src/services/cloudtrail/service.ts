import { defineService, type Service } from "../../kit/index.js";
import { deliveryWorker } from "./delivery.js";
import type { CloudTrailPorts } from "./operation.js";
import { addTags } from "./operations/add-tags.js";
import { createTrail } from "./operations/create-trail.js";
import { deleteTrail } from "./operations/delete-trail.js";
import { describeTrails } from "./operations/describe-trails.js";
import { getEventSelectors } from "./operations/get-event-selectors.js";
import { getInsightSelectors } from "./operations/get-insight-selectors.js";
import { getTrail } from "./operations/get-trail.js";
import { getTrailStatus } from "./operations/get-trail-status.js";
import { listPublicKeys } from "./operations/list-public-keys.js";
import { listTags } from "./operations/list-tags.js";
import { listTrails } from "./operations/list-trails.js";
import { lookupEvents } from "./operations/lookup-events.js";
import { putEventSelectors } from "./operations/put-event-selectors.js";
import { putInsightSelectors } from "./operations/put-insight-selectors.js";
import { removeTags } from "./operations/remove-tags.js";
import { startLogging } from "./operations/start-logging.js";
import { stopLogging } from "./operations/stop-logging.js";
import { updateTrail } from "./operations/update-trail.js";

export type * from "./operation.js";
export { CLOUDTRAIL_MIGRATIONS, copiedPlaces } from "./store.js";

const OPERATIONS = [
  addTags,
  createTrail,
  deleteTrail,
  describeTrails,
  getEventSelectors,
  getInsightSelectors,
  getTrail,
  getTrailStatus,
  listPublicKeys,
  listTags,
  listTrails,
  lookupEvents,
  putEventSelectors,
  putInsightSelectors,
  removeTags,
  startLogging,
  stopLogging,
  updateTrail,
];

/** CloudTrail: the event history, and trails that deliver it to buckets. Event data stores answer NotImplemented. */
export function cloudTrailService(ports: CloudTrailPorts): Service {
  return defineService({
    id: "cloudtrail",
    operations: OPERATIONS.map((bind) => bind(ports)),
    workers: [deliveryWorker(ports)],
  });
}
