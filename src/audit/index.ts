/**
 * The evidence: sealed, hash-chained segment logs, flushed before any answer, and the index that look-ups read.
 * It never decides anything and never holds what records must not hold. The gateway, `kms` and workers write to it.
 */
export { type AuditOptions, openAudit, type TrailAudit } from "./audit.js";
export { copiesForOwners } from "./copies.js";
export type { Expiry } from "./expire.js";
export { TrailDamaged } from "./frame.js";
export {
  type Anchor,
  acceptDamage,
  type ChainReport,
  checkExport,
  type ExportReport,
  exportTrail,
  type Filter,
  isAnchor,
  type Ledger,
  LedgerSigner,
  type Mark,
  openLedger,
  type PageQuestion,
  type TrailPage,
  verifyLedger,
  writeDurably,
} from "./ledger/index.js";
export { InvalidNextToken } from "./lookup.js";
export { Compactor, type Packed } from "./packed/compact.js";
export * from "./port.js";
export { AUDIT_MIGRATIONS } from "./store.js";
export { usernameOf } from "./terms.js";
export { type SlotReport, verifyTrail } from "./verify.js";
