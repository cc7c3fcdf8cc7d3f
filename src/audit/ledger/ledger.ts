import { SealingKey, type Secret } from "../../crypto/index.js";
import { slotsIn } from "../segments.js";
import { type Anchor, makeAnchor } from "./anchor.js";
import type { LedgerFiles } from "./files.js";
import { type PageQuestion, readPage, type TrailPage } from "./page.js";
import { LedgerSigner } from "./signed.js";

/** What proves the trail: read-only, and beside a live server as well as on a folder that lies still. */
export interface Ledger {
  readonly publicKey: string;
  slots(): Promise<readonly string[]>;
  /** Throws TrailDamaged where a chain has no whole end. */
  anchor(now: Date): Promise<Anchor>;
  page(question: PageQuestion): Promise<TrailPage>;
}

/** The key is still the caller's. */
export function openLedger(folder: string, key: Secret): Ledger {
  return ledgerOf({ folder, key: SealingKey.of(key), signer: new LedgerSigner(key) });
}

export function ledgerOf(files: LedgerFiles): Ledger {
  return {
    publicKey: files.signer.publicKey,
    slots: async () => slotsIn(files.folder),
    anchor: async (now) => makeAnchor(files, now),
    page: (question) => readPage(files, question),
  };
}
