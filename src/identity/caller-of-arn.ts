import { type Clock, HOUR_MS, isAccountId, parseArn } from "../base/index.js";
import type { ReadTx } from "../store/index.js";
import type { Caller } from "./call.js";
import { roleCaller, rootCaller, userCaller } from "./callers.js";
import type { Role } from "./directory.js";
import { directory } from "./directory-store.js";
import { EMPTY_SCOPE, type SessionClaims } from "./session-token.js";

const SESSION_NAME = "explained";

/**
 * The caller that this ARN would be if it signed now: for explanations, and for the proxy of
 * external key stores, whose owner chose the principal. Never for whoever merely says so. A role stands for an
 * unlimited session of it. Undefined when there is no such principal here.
 */
export async function callerOfArn(tx: ReadTx, text: string, clock: Clock): Promise<Caller | undefined> {
  const arn = parseArn(text);
  if (arn === undefined || !isAccountId(arn.account)) return undefined;
  const account = await directory.account(tx, arn.account);
  if (account === undefined || account.closedAt !== undefined) return undefined;
  if (arn.resource === "root") return rootCaller(arn.account, "");
  const [kind, ...path] = arn.resource.split("/");
  if (kind === "user") {
    const user = await directory.user(tx, arn.account, path.at(-1) ?? "");
    return user && userCaller(tx, user, "");
  }
  if (kind !== "role" && kind !== "assumed-role") return undefined;
  const name = kind === "role" ? path.at(-1) : path[0];
  const role = await directory.role(tx, arn.account, name ?? "");
  return role && roleCaller(tx, role, (kind === "assumed-role" && path[1]) || SESSION_NAME, "", claimsOf(role, clock));
}

function claimsOf(role: Role, clock: Clock): SessionClaims {
  const issuedMs = clock.nowMs();
  return {
    account: role.account,
    of: { kind: "role", id: role.id, name: SESSION_NAME },
    issuedMs,
    expiresMs: issuedMs + HOUR_MS,
    secret: "",
    chained: false,
    scope: EMPTY_SCOPE,
  };
}
