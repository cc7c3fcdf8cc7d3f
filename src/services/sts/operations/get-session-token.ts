import { EMPTY_SCOPE } from "../../../identity/index.js";
import { lowerCamel } from "../../../kit/index.js";
import { recordedCredentials, showCredentials } from "../credentials.js";
import { accessDenied } from "../errors.js";
import { proven, spend } from "../mfa.js";
import { operation } from "../ports.js";

const USER_SECONDS = 12 * 3600;
const ROOT_SECONDS = 3600;

/** Credentials for a while, of a user or a root, with their very permissions. Sessions cannot ask; no policy is asked. */
export const getSessionToken = operation("GetSessionToken", {
  readOnly: true,
  checks: () => [],
  run: async (ctx, input, _ok, ports) => {
    const { identity } = ports;
    const { principal, account, session } = ctx.caller;
    if (session !== undefined || (principal.kind !== "user" && principal.kind !== "root"))
      throw accessDenied("Cannot call GetSessionToken with session credentials");
    const seconds = principal.kind === "root" ? ROOT_SECONDS : USER_SECONDS;
    const of = { kind: "user", ...(principal.uniqueId === undefined ? {} : { id: principal.uniqueId }) } as const;
    const mfa = await spend(ctx, await proven(ctx, input, ports), ports);
    const credentials = identity.startSession(
      { account, of, chained: false, scope: EMPTY_SCOPE, ...mfa },
      principal.kind === "root"
        ? Math.min(input.DurationSeconds ?? seconds, seconds)
        : (input.DurationSeconds ?? seconds),
    );
    return { Credentials: showCredentials(credentials) };
  },
  audit: {
    request: ({ TokenCode: _code, ...shown }) => lowerCamel(shown),
    response: ({ Credentials }) => ({ credentials: recordedCredentials(Credentials) }),
  },
});
