import type { Costs } from "./ports.js";

/** Where nothing is asked about costs: what was asked for comes back. */
export const NO_COSTS: Costs = { report: async (account, month) => ({ accountId: account, month }) };
