import { AwsError, isAccountId, parseArn } from "../../base/index.js";
import type { CallContext } from "../../identity/index.js";
import type { Grant, GrantConstraints, GrantPrincipal, GrantRequest } from "../../kms/index.js";

/** The members of CreateGrant and of the lists that name principals. */
interface Members {
  readonly Name?: string | undefined;
  readonly Operations?: readonly string[] | undefined;
  readonly GranteePrincipal?: string | undefined;
  readonly GranteeServicePrincipal?: string | undefined;
  readonly RetiringPrincipal?: string | undefined;
  readonly RetiringServicePrincipal?: string | undefined;
  readonly Constraints?: WireConstraints | undefined;
}

interface WireConstraints {
  readonly EncryptionContextEquals?: Record<string, string> | undefined;
  readonly EncryptionContextSubset?: Record<string, string> | undefined;
  readonly SourceArn?: string | undefined;
}

export function grantRequest(call: CallContext, input: Members): GrantRequest {
  const grantee = principalOf(input.GranteePrincipal, input.GranteeServicePrincipal, "Grantee");
  const retiring = principalOf(input.RetiringPrincipal, input.RetiringServicePrincipal, "Retiring");
  if (grantee === undefined) throw validation("Specify either GranteePrincipal or GranteeServicePrincipal.");
  return {
    name: input.Name ?? "",
    issuingAccount: call.caller.account,
    grantee,
    ...(retiring === undefined ? {} : { retiring }),
    operations: [...new Set(input.Operations)],
    constraints: constraintsOf(input.Constraints ?? {}),
  };
}

/** At most one of the two. ARNs must be those of principals; whether they exist abroad is not asked (kms G-2). */
export function principalOf(
  arn: string | undefined,
  service: string | undefined,
  role: "Grantee" | "Retiring",
): GrantPrincipal | undefined {
  if (arn !== undefined && service !== undefined) {
    throw validation(`Specify either ${role}Principal or ${role}ServicePrincipal, not both.`);
  }
  if (service !== undefined) return { name: service, isService: true };
  if (arn === undefined) return undefined;
  if (!isPrincipalArn(arn)) throw invalidPrincipal(arn);
  return { name: arn, isService: false };
}

const IAM = /^(root|user\/.+|role\/.+)$/;
const STS = /^(assumed-role\/[^/]+\/[^/]+|federated-user\/[^/]+)$/;

function isPrincipalArn(text: string): boolean {
  const arn = parseArn(text);
  if (arn === undefined || arn.region !== "" || !isAccountId(arn.account)) return false;
  return (arn.service === "iam" && IAM.test(arn.resource)) || (arn.service === "sts" && STS.test(arn.resource));
}

export const invalidPrincipal = (arn: string): AwsError =>
  new AwsError("InvalidArnException", `ARN does not refer to a valid principal: ${arn}`);

/** An empty map constrains nothing and is the same as none. */
function constraintsOf({
  EncryptionContextEquals,
  EncryptionContextSubset,
  SourceArn,
}: WireConstraints): GrantConstraints {
  return {
    ...(isGiven(EncryptionContextEquals) ? { contextEquals: EncryptionContextEquals } : {}),
    ...(isGiven(EncryptionContextSubset) ? { contextSubset: EncryptionContextSubset } : {}),
    ...(SourceArn === undefined ? {} : { sourceArn: SourceArn }),
  };
}

const isGiven = (pairs: Record<string, string> | undefined): pairs is Record<string, string> =>
  pairs !== undefined && Object.keys(pairs).length > 0;

/** The condition values of CreateGrant (kms 5.7). */
export function grantValues(call: CallContext, request: GrantRequest): Map<string, string | readonly string[]> {
  const { grantee, retiring, operations, constraints } = request;
  const values = new Map<string, string | readonly string[]>([
    ["kms:grantoperations", operations],
    [grantee.isService ? "kms:granteeserviceprincipal" : "kms:granteeprincipal", grantee.name],
    ["kms:grantisforawsresource", String(call.viaService !== undefined)],
  ]);
  if (retiring !== undefined) {
    values.set(retiring.isService ? "kms:retiringserviceprincipal" : "kms:retiringprincipal", retiring.name);
  }
  const { contextEquals, contextSubset, sourceArn } = constraints;
  if (contextEquals !== undefined) values.set("kms:grantconstrainttype", "EncryptionContextEquals");
  if (contextSubset !== undefined) values.set("kms:grantconstrainttype", "EncryptionContextSubset");
  if (sourceArn !== undefined) values.set("kms:grantconstraintsourcearn", sourceArn);
  return values;
}

/** The pairs that the grant would ask for stand for the context of CreateGrant: parents' constraints apply to them. */
export const constrainedContext = ({ constraints }: GrantRequest): Readonly<Record<string, string>> | undefined =>
  constraints.contextEquals ?? constraints.contextSubset;

/** A service, as itself or in its caller's name. */
export const isByService = ({ viaService, caller }: CallContext): boolean =>
  viaService !== undefined || caller.principal.kind === "service";

/** `kms:GrantIsForAWSResource`, also where a service lists and revokes. */
export const forAwsResource = (call: CallContext): ReadonlyMap<string, string> =>
  new Map([["kms:grantisforawsresource", String(call.viaService !== undefined)]]);

export function wireConstraints({ contextEquals, contextSubset, sourceArn }: Grant["constraints"]): WireConstraints {
  return {
    ...(contextEquals === undefined ? {} : { EncryptionContextEquals: { ...contextEquals } }),
    ...(contextSubset === undefined ? {} : { EncryptionContextSubset: { ...contextSubset } }),
    ...(sourceArn === undefined ? {} : { SourceArn: sourceArn }),
  };
}

const validation = (message: string) => new AwsError("ValidationException", message);
