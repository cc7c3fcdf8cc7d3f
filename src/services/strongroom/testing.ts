import { openLedger } from "../../audit/index.js";
import { Secret } from "../../crypto/index.js";
import type { Costs } from "./ports.js";

/** Where nothing is asked about costs: what was asked for comes back. */
export const NO_COSTS: Costs = { report: async (account, month) => ({ accountId: account, month }) };

/** For operations that do not look at the trail: there is none. */
export const noLedger = openLedger("/nonexistent", Secret.own(Buffer.alloc(32, 3)));
