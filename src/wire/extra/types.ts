import type { Constraint } from "../constraints.js";

/** Keys are `Member` (wherever it stands in an input) or `Structure.Member`. */
export type Extra = Readonly<Record<string, Constraint>>;
