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
});

export type RootReason = keyof typeof MESSAGES;

/** Why a root of trust was not made, opened or rewrapped, in words for its owner. Nothing of any secret is in it. */
export class RootError extends Error {
  override readonly name = "RootError";
  readonly reason: RootReason;

  constructor(reason: RootReason) {
    super(MESSAGES[reason]);
    this.reason = reason;
  }
}
