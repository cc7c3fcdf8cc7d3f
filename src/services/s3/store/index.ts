export * from "./buckets.js";
export * from "./events.js";
export * from "./migrations.js";
export * from "./object-acls.js";
export * from "./objects.js";
export * from "./pieces.js";
export * from "./uploads.js";
export * from "./versions.js";
