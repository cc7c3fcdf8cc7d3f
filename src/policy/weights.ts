import { REACH } from "./principal.js";
import { weighStatement } from "./statement.js";
import type { Trace } from "./trace.js";
import type { DecisionInput, Layer, NamedPolicy, PolicyRequest, ResourceSide } from "./types.js";

/** Beside the bits of REACH: some Deny matched. */
export const DENIED = 64;
/** An allow of a layer that speaks only for the caller. */
export const ALLOWED: number = REACH.direct;

/** What each layer says, as a sum of bits. A layer that is absent and so does not limit weighs ALLOWED. */
export interface Weights {
  readonly serviceControl: number;
  readonly resourceControl: number;
  readonly resource: number;
  readonly identity: number;
  readonly boundary: number;
  readonly session: number;
}

export function weigh(input: DecisionInput, trace?: Trace): Weights {
  const { request, caller, resource } = input;
  const lowerAction = request.action.toLowerCase();
  const of = (layer: Layer, policies: readonly NamedPolicy[]) => weighAll(layer, policies, request, lowerAction, trace);
  const isService = request.principal.kind === "service";
  const policy = resource.kind === "none" ? undefined : resource.policy;
  return {
    serviceControl:
      caller.serviceControl && isControlled(request)
        ? weighLevels(caller.serviceControl, (level) => of("service control policy", level))
        : ALLOWED,
    resourceControl:
      isRetiring(lowerAction) || !input.resourceControl
        ? ALLOWED
        : of("resource control policy", input.resourceControl),
    resource: (policy === undefined ? 0 : of("resource-based policy", [policy])) | listWeight(resource, request, trace),
    identity: isService ? 0 : identityWeight(input, of("identity-based policy", caller.identity)),
    boundary: isService || caller.boundary === undefined ? ALLOWED : of("permissions boundary", [caller.boundary]),
    session: isService ? ALLOWED : sessionWeight(input, of),
  };
}

/** An access control list speaks to the caller itself. */
function listWeight(resource: ResourceSide, request: PolicyRequest, trace: Trace | undefined): number {
  if (resource.kind !== "resource" || resource.lists === undefined || !resource.lists(request)) return 0;
  trace?.step("the resource's access control list allows it");
  return request.principal.kind === "service" ? REACH.service : REACH.direct;
}

/** An account's root may do all in its account; policies on it, if any, can only deny. */
function identityWeight({ request }: DecisionInput, weight: number): number {
  return request.principal.kind === "root" ? weight | ALLOWED : weight;
}

/** A federated user without session policy has nothing from its user's policies (kms A-6). */
function sessionWeight(
  { request, caller }: DecisionInput,
  of: (layer: Layer, policies: readonly NamedPolicy[]) => number,
): number {
  if (caller.session !== undefined) return of("session policy", caller.session);
  return request.principal.kind === "federated-user" ? 0 : ALLOWED;
}

/** Roots are subject to service control policies; services and service-linked roles are not (kms A-8). */
function isControlled({ principal }: PolicyRequest): boolean {
  if (principal.kind === "service" || principal.kind === "anonymous") return false;
  return !principal.roleArn?.includes(":role/aws-service-role/");
}

/** A Deny on any level counts; an allow has to stand on each of them. */
function weighLevels(
  levels: readonly (readonly NamedPolicy[])[],
  of: (level: readonly NamedPolicy[]) => number,
): number {
  let [denied, allowed] = [0, ALLOWED];
  for (const level of levels) {
    const bits = of(level);
    denied |= bits & DENIED;
    if ((bits & ~DENIED) === 0) allowed = 0;
  }
  return denied | allowed;
}

/** Resource control policies have no say in retiring a grant (kms 5.1). */
const isRetiring = (lowerAction: string) => lowerAction === "kms:retiregrant";

function weighAll(
  layer: Layer,
  policies: readonly NamedPolicy[],
  request: PolicyRequest,
  lowerAction: string,
  trace: Trace | undefined,
): number {
  let bits = 0;
  for (const named of policies) {
    for (const statement of named.policy.statements) {
      const outcome = weighStatement(statement, request, lowerAction);
      trace?.statement(layer, named, statement, outcome);
      if (outcome > 0) bits |= statement.isDeny ? DENIED : outcome;
    }
  }
  return bits;
}
