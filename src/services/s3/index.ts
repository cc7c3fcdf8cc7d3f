/**
 * Amazon S3: buckets and objects, every body sealed before it touches the disk.
 * It never holds a key longer than one request and never stores a body in another mode than was asked for.
 * The app opens it; the gateway runs its operations.
 */
export { type AccountBlocks, accountBlocks } from "./account-block.js";
export type { ManifestPage, ManifestQuery } from "./generated-manifest/list.js";
export type { EventDestinations, Sent } from "./notifications/destinations.js";
export { S3_PACE, type S3Pace, type S3Rules } from "./ports.js";
export { openScrubDesk, type ScrubDesk, type ScrubReport } from "./scrub-report.js";
export type { ScrubPace } from "./scrub-worker.js";
export { openS3, type S3Options, type S3Service } from "./service.js";
export { S3_MIGRATIONS } from "./store/index.js";
