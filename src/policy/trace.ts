import type { Statement } from "./statement.js";
import type { GrantView, Layer, NamedPolicy } from "./types.js";

/** What the procedure tells a listener while it decides. It never reads anything back: with or without one, the
 * same code takes the same way. */
export interface Trace {
  /** `outcome` is what `weighStatement` gave. */
  statement(layer: Layer, policy: NamedPolicy, statement: Statement, outcome: number): void;
  grant(grant: GrantView, outcome: string): void;
  /** One line of the procedure of kms section 5.3, with its name there where it has one. */
  step(text: string): void;
}
