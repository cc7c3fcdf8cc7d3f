import { findGrant, type GranteeKind } from "./grants.js";
import { REACH } from "./principal.js";
import type { Trace } from "./trace.js";
import type { Decision, DecisionInput, Layer, ResourceSide } from "./types.js";
import { ALLOWED, DENIED, type Weights, weigh } from "./weights.js";

/** The decision of kms section 5.3 and 5.4, and of IAM's usual procedure for every other resource. Pure. */
export const decide = (input: DecisionInput): Decision => judge(input);

/** `decide` with a listener; `explain` is the one who listens. */
export function judge(input: DecisionInput, trace?: Trace): Decision {
  const weights = weigh(input, trace);
  const denied = deniedLayer(weights);
  if (denied !== undefined) {
    trace?.step(`D0: an explicit deny in the ${denied} ends it`);
    return { allowed: false, explicit: true, layer: denied };
  }
  const closed = closedOrganisation(weights);
  if (closed !== undefined) return refuse(closed, trace, "D1");
  return judgeSide(input, weights, trace);
}

/** The first layer with a Deny that matches, in the order in which they are reported (kms 5.9). */
function deniedLayer(weights: Weights): Layer | undefined {
  const { serviceControl, resourceControl, resource, identity, boundary, session } = weights;
  if (((serviceControl | resourceControl | resource | identity | boundary | session) & DENIED) === 0) return undefined;
  if (serviceControl & DENIED) return "service control policy";
  if (resourceControl & DENIED) return "resource control policy";
  if (resource & DENIED) return "resource-based policy";
  if (identity & DENIED) return "identity-based policy";
  return boundary & DENIED ? "permissions boundary" : "session policy";
}

function closedOrganisation({ serviceControl, resourceControl }: Weights): Layer | undefined {
  if (serviceControl === 0) return "service control policy";
  return resourceControl === 0 ? "resource control policy" : undefined;
}

function judgeSide(input: DecisionInput, weights: Weights, trace?: Trace): Decision {
  const { resource } = input;
  switch (resource.kind) {
    case "none":
      return judgeNone(input, weights, trace);
    case "resource":
      return judgeResource(input, weights, trace);
    case "trust":
      return judgeRoot(input, weights, "resource", trace) ?? refuse(gapAtRoot(input, weights), trace);
    case "key":
      return (
        judgeRoot(input, weights, "key-policy", trace) ??
        judgeGrants(resource, input, weights, trace) ??
        refuse(gapAtRoot(input, weights), trace, isSameAccount(input) ? "D3f" : "D4c")
      );
  }
}

const isSameAccount = ({ request, resource }: DecisionInput) =>
  request.principal.account === resource.account && request.principal.kind !== "anonymous";

/** No resource has a say: the caller's policies decide, and only in the caller's own account. */
function judgeNone(input: DecisionInput, weights: Weights, trace?: Trace): Decision {
  if (!isSameAccount(input)) return refuse("resource-based policy", trace, "D2");
  const gap = gapInCaller(weights);
  if (gap !== undefined) return refuse(gap, trace, "D2");
  const by = input.request.principal.kind === "root" ? "root" : "identity";
  return allow(by, trace, `D2: the caller's policies allow`);
}

/** Buckets and the like: in one account either side is enough; across accounts both must agree. */
function judgeResource(input: DecisionInput, weights: Weights, trace?: Trace): Decision {
  const { resource } = weights;
  const { kind } = input.request.principal;
  if (resource & REACH.service) return allow("resource", trace, "the resource's policy allows the service");
  if (kind === "anonymous")
    return resource & REACH.direct
      ? allow("resource", trace, "the resource's policy allows everyone")
      : refuse("resource-based policy", trace);
  if (!isSameAccount(input)) return judgeForeign(weights, "resource", trace) ?? refuse(gapAcross(weights), trace);
  if (kind === "root") return allow("root", trace, "the account's root may do all in its account");
  if (resource & REACH.direct) return allow("resource", trace, "the resource's policy allows the caller itself");
  const limit = gapInLimits(weights);
  if (resource & REACH.role && limit === undefined)
    return allow("resource", trace, "the resource's policy allows the role; boundary and session policy agree");
  const gap = gapInCaller(weights);
  if (gap === undefined) return allow("identity", trace, "the caller's policies allow");
  return refuse(resource & REACH.role ? (limit ?? gap) : gap, trace);
}

/**
 * Resources that are the root of authority over themselves: nothing passes that their policy does not allow or
 * delegate (kms A-1 to A-3). Undefined: no way through it.
 */
function judgeRoot(
  input: DecisionInput,
  weights: Weights,
  by: "resource" | "key-policy",
  trace?: Trace,
): Decision | undefined {
  const { resource } = weights;
  const { kind } = input.request.principal;
  if (resource & REACH.service) return allow(by, trace, "S-1: the policy names the service");
  if (kind === "service") return undefined;
  if (kind === "anonymous") return judgeUnknown(input, weights, trace);
  if (!isSameAccount(input)) return judgeForeign(weights, by, trace, "D4a: ");
  if (resource & REACH.self) return allow(by, trace, "D3a: the policy names the account, whose root calls");
  if (resource & REACH.direct) return allow(by, trace, "D3b: the policy names the caller itself");
  if (resource & REACH.role && gapInLimits(weights) === undefined)
    return allow(by, trace, "D3c: the policy names the role; boundary and session policy agree");
  if (resource & REACH.account && gapInCaller(weights) === undefined)
    return allow("identity", trace, "D3d: the policy delegates to the account, whose policies allow");
  return undefined;
}

/** Who comes with a provider's token has no account yet: a trust policy alone decides about them. */
function judgeUnknown({ request, resource }: DecisionInput, weights: Weights, trace?: Trace): Decision | undefined {
  const hasToken = resource.kind === "trust" && request.values.has("aws:federatedprovider");
  if (!hasToken || (weights.resource & REACH.direct) === 0) return undefined;
  return allow("resource", trace, "the policy names the provider");
}

function judgeForeign(
  weights: Weights,
  by: "resource" | "key-policy",
  trace: Trace | undefined,
  rule = "",
): Decision | undefined {
  if ((weights.resource & ~DENIED) === 0 || gapInCaller(weights) !== undefined) return undefined;
  return allow(by, trace, `${rule}both accounts allow`);
}

function judgeGrants(
  side: Extract<ResourceSide, { kind: "key" }>,
  { request }: DecisionInput,
  weights: Weights,
  trace?: Trace,
): Decision | undefined {
  const suffices = (kind: GranteeKind) =>
    kind === "alone" || (kind === "role" ? gapInLimits(weights) : gapInCaller(weights)) === undefined;
  const grant = findGrant(side, request, suffices, trace);
  if (grant === undefined) return undefined;
  trace?.step(`${side.account === request.principal.account ? "D3e" : "D4b"}: grant ${grant.id} allows`);
  return { allowed: true, by: "grant", grantId: grant.id };
}

/** The first layer of the procedure that failed: what the denial names (kms 5.9). */
function gapAtRoot(input: DecisionInput, weights: Weights): Layer {
  if (input.request.principal.kind === "anonymous") return "resource-based policy";
  if (!isSameAccount(input)) return gapAcross(weights);
  if (weights.resource & REACH.role) return gapInLimits(weights) ?? "resource-based policy";
  return weights.resource & REACH.account ? (gapInCaller(weights) ?? "resource-based policy") : "resource-based policy";
}

const gapAcross = (weights: Weights): Layer =>
  weights.resource === 0 ? "resource-based policy" : (gapInCaller(weights) ?? "resource-based policy");

/** The caller's side as a whole: IP ∧ PB ∧ SP. */
function gapInCaller(weights: Weights): Layer | undefined {
  return (weights.identity & ALLOWED) === 0 ? "identity-based policy" : gapInLimits(weights);
}

/** PB ∧ SP: they limit and never give (kms A-13). */
function gapInLimits({ boundary, session }: Weights): Layer | undefined {
  if ((boundary & ALLOWED) === 0) return "permissions boundary";
  return (session & ALLOWED) === 0 ? "session policy" : undefined;
}

function allow(by: "identity" | "resource" | "key-policy" | "root", trace: Trace | undefined, why: string): Decision {
  trace?.step(why);
  return { allowed: true, by };
}

function refuse(layer: Layer, trace: Trace | undefined, rule?: string): Decision {
  trace?.step(`${rule === undefined ? "" : `${rule}: `}no ${layer} allows it`);
  return { allowed: false, explicit: false, layer };
}
