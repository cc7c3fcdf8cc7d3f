/**
 * What every room needs and none owns: bytes, ARNs, ids, time, errors, limits, the log.
 * It never does I/O but writing the log, and knows nothing of AWS services beyond their names.
 * Everyone imports it.
 */
export * from "./arn.js";
export * from "./bytes.js";
export * from "./clock.js";
export * from "./csv.js";
export * from "./entropy.js";
export * from "./error.js";
export * from "./ids.js";
export * from "./json.js";
export * from "./late-modules.js";
export * from "./limits.js";
export * from "./log.js";
export * from "./lru.js";
export * from "./needs.js";
export * from "./page.js";
export * from "./regions.js";
export * from "./table.js";
export * from "./token-buckets.js";
