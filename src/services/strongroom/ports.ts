import type { Ledger } from "../../audit/index.js";
import type { AccountId, Clock, Ids } from "../../base/index.js";
import type { Identity } from "../../identity/index.js";
import type { Service } from "../../kit/index.js";
import type { Database } from "../../store/index.js";

export interface Costs {
  /** `month` as `2026-11`. Throws ValidationException. */
  report(account: AccountId, month: string): Promise<object>;
}

/** What the house's own API stands on. */
export interface StrongroomPorts {
  /** The `iam` database: accounts live in it. */
  readonly database: Database;
  readonly identity: Identity;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The services that can say what speaks for one of their resources. */
  readonly services: readonly Service[];
  /** What a month of KMS costs an account. */
  readonly costs: Costs;
}

/** Those of the operations that ask how whole the stored bytes are. */
export interface ScrubPorts extends StrongroomPorts {
  readonly scrub: {
    report(): Promise<object>;
    /** False where it is switched off. */
    request(now: Date): Promise<boolean>;
  };
}
