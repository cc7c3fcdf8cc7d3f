import { judge } from "./decide.js";
import { MISS, type Statement } from "./statement.js";
import type { Trace } from "./trace.js";
import type { Decision, DecisionInput, Layer } from "./types.js";

/** What one statement had to do with a decision. */
export interface StatementNote {
  readonly layer: Layer;
  readonly policy: string;
  /** Its Sid, or its place in the document (`statement 1`). */
  readonly statement: string;
  readonly effect: "Allow" | "Deny";
  readonly matched: boolean;
  /** `matched`, or the first element that did not match: `condition StringEquals kms:ViaService`. */
  readonly outcome: string;
}

export interface GrantNote {
  readonly grantId: string;
  readonly outcome: string;
}

/** A decision with everything that was looked at on the way, in its order. */
export interface Explanation {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  readonly statements: readonly StatementNote[];
  readonly grants: readonly GrantNote[];
  readonly steps: readonly string[];
}

/** For the owner's eyes: it shows policies' names and Sids, which a refused caller must not learn. */
export function explain(input: DecisionInput): Explanation {
  const statements: StatementNote[] = [];
  const grants: GrantNote[] = [];
  const steps: string[] = [];
  const trace: Trace = {
    statement: (layer, { name }, statement, outcome) =>
      statements.push({
        layer,
        policy: name,
        statement: nameOf(statement),
        effect: statement.isDeny ? "Deny" : "Allow",
        matched: outcome > 0,
        outcome: outcomeText(statement, outcome),
      }),
    grant: ({ id }, outcome) => grants.push({ grantId: id, outcome }),
    step: (text) => steps.push(text),
  };
  const decision = judge(input, trace);
  const { principal, action, resource } = input.request;
  const caller = principal.arn || principal.service || "anonymous";
  return { caller, action, resource, decision, statements, grants, steps };
}

const nameOf = ({ sid, index }: Statement) => (sid ? `${sid}` : `statement ${index + 1}`);

function outcomeText({ conditions }: Statement, outcome: number): string {
  if (outcome > 0) return "matched";
  if (outcome === MISS.action) return "another action";
  if (outcome === MISS.principal) return "another principal";
  if (outcome === MISS.resource) return "another resource";
  return `condition ${conditions[MISS.condition - outcome]?.name ?? ""}`;
}

/** The explanation as lines for a terminal. */
export function formatExplanation(explanation: Explanation): string {
  const { caller, action, resource, decision, statements, grants, steps } = explanation;
  return [
    `${caller} · ${action} · ${resource}`,
    ...statements.map(
      (note) =>
        `  ${note.matched ? "+" : "-"} ${note.layer} "${note.policy}" ${note.statement} (${note.effect}): ${note.outcome}`,
    ),
    ...grants.map((note) => `  ${note.outcome === "allows" ? "+" : "-"} grant ${note.grantId}: ${note.outcome}`),
    ...steps.map((step) => `  ${step}`),
    decisionText(decision),
  ].join("\n");
}

function decisionText(decision: Decision): string {
  if (decision.allowed) return `allowed by ${decision.by}${decision.grantId ? ` ${decision.grantId}` : ""}`;
  return decision.explicit
    ? `denied: explicit deny in the ${decision.layer}`
    : `denied: no ${decision.layer} allows it`;
}
