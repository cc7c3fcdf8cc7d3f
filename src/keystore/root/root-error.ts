import { table } from "../../base/index.js";

const MESSAGES = table({
  "not-initialised": "There is no root.json in the data folder: the root of trust was never made.",
  "already-initialised": "The data folder already has a root of trust.",
  "root-lost": "There are keys in the data folder but no root.json that opens them: restore it from a backup.",
  damaged: "root.json is damaged or was changed.",
  "wrong-offer": "This root of trust is opened in another way.",
  "wrong-passphrase": "The passphrase does not open the root of trust.",
  "weak-passphrase": "A passphrase has at least 12 bytes and at most 1024.",
  "weak-parameters": "The parameters asked for are too weak or out of range.",
  "too-few-shares": "Too few different shares were given.",
  "wrong-shares": "The shares do not open the root of trust.",
  "malformed-share": "A share is mistyped or incomplete.",
  "key-file-missing": "The key file is not there.",
  "key-file-open-to-others":
    "The key file may be read by others than its owner: its permissions must be 0600 or narrower.",
  "wrong-key-file": "The key file does not open the root of trust.",
  "token-unreachable": "The token does not answer, or is not there.",
  "token-unfit": "The token cannot do what a root of trust needs: AES keys that do not leave it, derivation and GCM.",
  "token-key-missing": "The token does not have the key of this root of trust.",
  "wrong-pin": "The token does not take the PIN.",
  "pin-locked": "The token has locked its user out.",
  "kms-unreachable": "The KMS of this root of trust does not answer.",
  "kms-refused": "The KMS of this root of trust refuses.",
  "old-key-left": "The root of trust is changed, but its old key is still in the token: remove it there.",
});

export type RootReason = keyof typeof MESSAGES;

/** Why a root of trust was not made, opened or rewrapped, in words for its owner. Nothing of any secret is in it. */
export class RootError extends Error {
  override readonly name = "RootError";
  readonly reason: RootReason;

  /** `detail` is a name or a code that helps its owner: of an error, a function. */
  constructor(reason: RootReason, detail = "") {
    super(detail === "" ? MESSAGES[reason] : `${MESSAGES[reason]} (${detail})`);
    this.reason = reason;
  }
}
