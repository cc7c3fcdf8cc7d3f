export { ALL_KEYS, bump, type Change, changesAfter, KEPT_CHANGES } from "../changes/store.js";
export * from "./aliases.js";
export * from "./due.js";
export * from "./keys.js";
export * from "./materials.js";
export { countOf } from "./rows.js";
