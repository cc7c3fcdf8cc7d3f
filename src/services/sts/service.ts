import { type Denied, denialText } from "../../identity/index.js";
import { type AnyOperation, defineService, type RequestContext, type Service } from "../../kit/index.js";
import { accessDenied, invalidToken } from "./errors.js";
import { assumeRole } from "./operations/assume-role.js";
import { assumeRoleWithSAML } from "./operations/assume-role-with-saml.js";
import { assumeRoleWithWebIdentity } from "./operations/assume-role-with-web-identity.js";
import { decodeAuthorizationMessage } from "./operations/decode-authorization-message.js";
import { getAccessKeyInfo } from "./operations/get-access-key-info.js";
import { getCallerIdentity } from "./operations/get-caller-identity.js";
import { getFederationToken } from "./operations/get-federation-token.js";
import { getSessionToken } from "./operations/get-session-token.js";
import type { StsPorts } from "./ports.js";

export { openIssuerKeys } from "./web-identity/issuer-keys.js";

/** AWS STS: docs/services/sts.md says what is real. */
export function stsService(ports: StsPorts): Service {
  return defineService({
    id: "sts",
    operations: [
      assumeRole(ports),
      assumeRoleWithSAML(ports),
      assumeRoleWithWebIdentity(ports),
      decodeAuthorizationMessage(ports),
      getAccessKeyInfo(ports),
      getCallerIdentity(ports),
      getFederationToken(ports),
      getSessionToken(ports),
    ].map(refusingUserSessions),
    denied: (denied) => accessDenied(denied.callerArn === NOBODY ? notAuthorized(denied) : denialText(denied)),
    unsigned: new Set(["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]),
  });
}

/** Whoever comes with a token has no ARN yet that a refusal could name. */
const NOBODY = "anonymous";

/** Nor does the refusal say whether the role's tags or source identity were the reason. */
const notAuthorized = ({ check }: Denied) =>
  `Not authorized to perform ${check.values?.has("saml:iss") ? "sts:AssumeRoleWithSAML" : "sts:AssumeRoleWithWebIdentity"}`;

/** What credentials of GetSessionToken and of GetFederationToken may still do here. */
const OPEN_TO_USER_SESSIONS = new Set(["AssumeRole", "GetCallerIdentity"]);
const OPEN_TO_FEDERATED = new Set(["GetCallerIdentity"]);

function refusingUserSessions(operation: AnyOperation): AnyOperation {
  return {
    ...operation,
    target: async (ctx: RequestContext, input: unknown) => {
      const { session, principal } = ctx.caller;
      const open = principal.kind === "federated-user" ? OPEN_TO_FEDERATED : OPEN_TO_USER_SESSIONS;
      if (session !== undefined && principal.kind !== "assumed-role" && !open.has(operation.name))
        throw invalidToken("The security token included in the request is invalid");
      return operation.target(ctx, input);
    },
  };
}
