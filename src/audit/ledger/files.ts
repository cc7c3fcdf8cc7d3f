import type { SealingKey } from "../../crypto/index.js";
import type { LedgerSigner } from "./signed.js";

/** The trail's folder, with what opens it and what speaks for it. */
export interface LedgerFiles {
  readonly folder: string;
  readonly key: SealingKey;
  readonly signer: LedgerSigner;
}
