import type { Region } from "../base/index.js";
import type { Decision, DecisionInput, RequestValues, ResourceSide } from "../policy/index.js";
import { decide, isControlledAction } from "../policy/index.js";
import type { CallContext } from "./call.js";
import { requestValues } from "./request-values.js";

/** One question to the authorizer: may this caller do this action on this resource? */
export interface Check {
  /** `kms:Decrypt`. */
  readonly action: string;
  /** ARN or `*`: what policies match and what denials print. */
  readonly resource: string;
  readonly side: ResourceSide;
  /** Where it would be done, when that is not the Region that was called: what `aws:RequestedRegion` says. */
  readonly region?: Region;
  /** An AWS managed key: resource control policies do not reach it. */
  readonly isManagedByAws?: boolean;
  /** Condition values of this operation (`kms:…`, `s3:…`, `aws:ResourceTag/…`), names in lower case. */
  readonly values?: RequestValues;
}

declare const authorized: unique symbol;

/** Proof that the authorizer said yes for this target. Nothing else makes one: `run` cannot be called without it. */
export interface Authorized<T> {
  readonly target: T;
  readonly decisions: readonly Decision[];
  readonly [authorized]: true;
}

/** A refusal. Services turn it into their protocol's denial with `denialText`. */
export class Denied extends Error {
  override readonly name = "Denied";
  readonly check: Check;
  readonly decision: Decision & { allowed: false };
  readonly callerArn: string;

  constructor(call: CallContext, check: Check, decision: Decision & { allowed: false }) {
    super(`${check.action} refused`);
    this.check = check;
    this.decision = decision;
    this.callerArn = call.caller.principal.arn || call.caller.principal.service || "anonymous";
  }
}

/** All checks must pass. Throws `Denied` for the first that does not. */
export function authorize<T>(call: CallContext, target: T, checks: readonly Check[]): Authorized<T> {
  const decisions = checks.map((check) => {
    const decision = decide(decisionInput(call, check));
    if (!decision.allowed) throw new Denied(call, check, decision);
    return decision;
  });
  return { target, decisions } as unknown as Authorized<T>; // the brand exists for the type checker alone, and only here
}

export function decisionInput(call: CallContext, check: Check): DecisionInput {
  return {
    request: {
      action: check.action,
      resource: check.resource,
      principal: call.caller.principal,
      values: requestValues(call, check),
    },
    caller: call.caller.policies,
    resource: check.side,
    resourceControl: resourceControl(call, check),
  };
}

/** What the organization of the resource's account says of its resources, whoever asks. */
function resourceControl({ caller: { organizations } }: CallContext, check: Check) {
  if (organizations === undefined || check.side.kind === "none" || check.isManagedByAws) return undefined;
  const policies = organizations.of(check.side.account)?.resourceControl;
  return isControlledAction(check.action) ? policies : undefined;
}

/** The denial as AWS writes it (kms section 5.9); every service uses the same sentence. */
export function denialText(denied: Denied): string {
  const { action, resource } = denied.check;
  return `User: ${denied.callerArn} is not authorized to perform: ${action} on resource: ${resource} ${denialReason(denied)}`;
}

function denialReason({ decision, check }: Denied): string {
  if (decision.explicit) return `with an explicit deny in ${article(decision.layer)} ${decision.layer}`;
  return `because no ${decision.layer} allows the ${check.action} action`;
}

const article = (word: string) => (/^[aeiou]/.test(word) ? "an" : "a");
