/**
 * The policy language: parse, match, condition operators, evaluate, explain. Pure functions, no state, no I/O.
 * `identity` asks it for decisions; services ask it to check documents before they store them.
 */
export * from "./context-keys.js";
export { decide, judge } from "./decide.js";
export * from "./explain.js";
export { globOf } from "./glob.js";
export { isControlledAction } from "./kind-rules.js";
export * from "./parse.js";
export * from "./principals.js";
export type { Statement } from "./statement.js";
export * from "./statement-places.js";
export * from "./syntax-error.js";
export type { Trace } from "./trace.js";
export * from "./types.js";
