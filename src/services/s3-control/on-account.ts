import { type AccountId, isAccountId } from "../../base/index.js";
import type { Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";

interface AccountInput {
  readonly AccountId?: string | undefined;
}

/** The account that a request names: whoever is of another is refused, by the authorizer. */
export function accountOf({ AccountId: account }: AccountInput): AccountId {
  if (account === undefined || !isAccountId(account)) throw errors.accessDenied();
  return account;
}

/** What operations on a whole account share: they ask for one action on no resource. */
export const onAccount = (action: string) => ({
  target: (_ctx: RequestContext, input: AccountInput): AccountId => accountOf(input),
  checks: (_ctx: RequestContext, _input: AccountInput, account: AccountId): readonly Check[] => [
    { action: `s3:${action}`, resource: "*", side: { kind: "resource", account } },
  ],
});

/** The model says 200 of some writes that the service answers with 204. */
export const NO_CONTENT: object = { httpStatus: 204 };
