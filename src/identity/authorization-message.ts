import { type AccountId, parseBase64, utf8 } from "../base/index.js";
import type { Denied } from "./authorize.js";
import type { CallContext } from "./call.js";
import type { Sealer } from "./session-token.js";

/** `DecodeAuthorizationMessage` takes no longer one. */
const MOST_CHARACTERS = 10_240;
/** Sealed and in base64 this stays below it. */
const MOST_BYTES = 7000;

/**
 * Why a call was refused, for the eyes of those in the caller's account who may decode it. It holds no policy's text, and
 * the condition values are left out where they are too long.
 */
export function encodeDenial(sealer: Sealer, call: CallContext, denied: Denied): string {
  const whole = utf8(JSON.stringify(messageOf(call, denied, conditionsOf(denied))));
  const bytes = whole.length <= MOST_BYTES ? whole : utf8(JSON.stringify(messageOf(call, denied, [])));
  return sealer.seal(bytes, boundTo(call.caller.account)).toString("base64");
}

/** Undefined for every way in which a message can be wrong, that of another account among them. */
export function decodeDenial(sealer: Sealer, account: AccountId, encoded: string): string | undefined {
  const sealed = encoded.length > MOST_CHARACTERS ? undefined : parseBase64(encoded);
  if (sealed === undefined) return undefined;
  try {
    return sealer.open(sealed, boundTo(account)).toString("utf8");
  } catch {
    return undefined; // a forged, cut or foreign message: nobody learns which
  }
}

interface Condition {
  readonly key: string;
  readonly values: { readonly items: readonly { readonly value: string }[] };
}

/** In the shape that AWS's messages have. */
const messageOf = ({ caller }: CallContext, { check, decision }: Denied, conditions: readonly Condition[]) => ({
  allowed: false,
  explicitDeny: decision.explicit,
  matchedStatements: { items: [] },
  failures: { items: [] },
  context: {
    principal: { id: caller.userId, name: caller.displayName, arn: caller.principal.arn },
    action: check.action,
    resource: check.resource,
    conditions: { items: conditions },
  },
});

/** What the operation brought. The caller's own values are known to whoever decodes. */
function conditionsOf({ check }: Denied): Condition[] {
  const values = check.values instanceof Map ? (check.values as ReadonlyMap<string, string | readonly string[]>) : [];
  return [...values].map(([key, value]) => ({
    key,
    values: { items: (typeof value === "string" ? [value] : value).map((each) => ({ value: each })) },
  }));
}

const boundTo = (account: AccountId) => utf8(`strongroom/authorization-message/1/${account}`);
