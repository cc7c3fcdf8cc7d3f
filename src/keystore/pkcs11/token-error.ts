import { table } from "../../base/index.js";

const MESSAGES = table({
  "no-cluster": "No such cluster is configured.",
  "token-absent": "The module has no token of that name now.",
  "wrong-pin": "The token does not take the PIN.",
  "pin-locked": "The token has locked its user out.",
  "no-user": "The token has no user, or its PIN was never set.",
  "user-busy": "Another user is logged in to the token.",
  unfit: "The token cannot do what is asked: AES keys that do not leave it, derivation and GCM.",
  "key-not-found": "There is no such key in the token.",
  "bad-ciphertext": "The ciphertext does not open under that key.",
  unreachable: "The token does not answer.",
});

export type TokenReason = keyof typeof MESSAGES;

/** Why a token did not do it. `detail` is for the operator's log: a function and a code, never a value. */
export class TokenError extends Error {
  override readonly name = "TokenError";
  readonly reason: TokenReason;
  readonly detail: string;

  constructor(reason: TokenReason, detail = "") {
    super(MESSAGES[reason]);
    this.reason = reason;
    this.detail = detail;
  }
}

export const isTokenReason = (text: unknown): text is TokenReason =>
  typeof text === "string" && Object.hasOwn(MESSAGES, text);
