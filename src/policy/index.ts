/**
 * The policy language: parse, match, condition operators, evaluate, explain. Pure functions, no state, no I/O.
 * `identity` asks it for decisions; services ask it to check documents before they store them.
 */
export * from "./types.js";
