import { AwsError } from "../../base/index.js";
import type { CallContext, Check } from "../../identity/index.js";
import { callerName, isAllowed } from "../../kms/index.js";
import type { Decision } from "../../policy/index.js";

export const isByGrant = (decision: Decision): boolean => decision.allowed && decision.by === "grant";

/**
 * Where grants allow both halves of a ReEncrypt, both of them carry the same SourceArn or neither has one (kms G-7).
 * Those that have one name the call's own source, or they would not match: so it is the same.
 */
export function refuseMixedSources(call: CallContext, checks: readonly Check[]): void {
  const agree = (isSourced: boolean) => checks.every((check) => isAllowed(call, withGrants(check, isSourced)));
  if (agree(false) || agree(true)) return;
  const what = checks.map(({ action, resource }) => `${action} on resource: ${resource}`).join(" and ");
  const text = `User: ${callerName(call)} is not authorized to perform: ${what} because the grants that allow it do not have the same source`;
  throw new AwsError("AccessDeniedException", text);
}

function withGrants(check: Check, isSourced: boolean): Check {
  const { side } = check;
  if (side.kind !== "key") return check;
  const grants = side.grants.filter(({ sourceArn }) => (sourceArn !== undefined) === isSourced);
  return { ...check, side: { ...side, grants } };
}
