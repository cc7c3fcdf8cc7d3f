import { operation } from "../ports.js";

/** Whoever can sign may ask who they are: no policy allows it, and none can deny it. */
export const getCallerIdentity = operation("GetCallerIdentity", {
  checks: () => [],
  run: async ({ caller }) => ({ UserId: caller.userId, Account: caller.account, Arn: caller.principal.arn }),
});
