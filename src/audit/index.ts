/**
 * The evidence: sealed, hash-chained segment logs, flushed before any answer, and the index that look-ups read.
 * It never decides anything and never holds what records must not hold. The gateway, `kms` and workers write to it.
 */
export * from "./port.js";
