import { readDocument } from "./document.js";
import { compileStatement } from "./statement.js";
import type { Policy, PolicyKind } from "./types.js";

export interface ParseOptions {
  /** A customer managed policy: its document must say today's version. */
  readonly managed?: boolean;
}

/**
 * Reads and compiles a document once, to be evaluated many times. Throws `PolicySyntaxError`. The number of bytes
 * that a service allows is that service's business; statements, values and depth are bounded here.
 */
export function parsePolicy(text: string, kind: PolicyKind, options: ParseOptions = {}): Policy {
  const { version, statements } = readDocument(text, kind, options.managed ?? false);
  const hasVariables = version === "2012-10-17";
  return {
    kind,
    version,
    statements: statements.map((statement, index) => compileStatement(statement, index, kind, hasVariables)),
  };
}
