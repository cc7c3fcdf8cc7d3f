import { AwsError, table } from "../../../base/index.js";
import { KeyStoreError, TokenError, type TokenReason } from "../../../keystore/index.js";
import { type ConnectionErrorCode, StoreConnectionError, StoreFailure } from "../port.js";

/** What a token's failure is called by ConnectCustomKeyStore, and what a caller reads of it anywhere else. */
const FAULTS = table({
  "no-cluster": { code: "CLUSTER_NOT_FOUND", text: "This server has no such CloudHSM cluster." },
  "token-absent": { code: "INSUFFICIENT_CLOUDHSM_HSMS", text: "The CloudHSM cluster has no active HSM." },
  "wrong-pin": { code: "INVALID_CREDENTIALS", text: "The CloudHSM cluster does not take the key store password." },
  "pin-locked": { code: "USER_LOCKED_OUT", text: "The CloudHSM cluster has locked the crypto user out." },
  "no-user": { code: "USER_NOT_FOUND", text: "The CloudHSM cluster has no such crypto user." },
  "user-busy": { code: "USER_LOGGED_IN", text: "Another user is logged in to the CloudHSM cluster." },
  unfit: { code: "INTERNAL_ERROR", text: "The HSM does not offer what KMS keys need." },
  "key-not-found": { code: "INTERNAL_ERROR", text: "The key is not in the CloudHSM cluster." },
  "bad-ciphertext": {
    code: "INTERNAL_ERROR",
    text: "The HSM rejected the ciphertext or the encryption context.",
  },
  unreachable: { code: "NETWORK_ERRORS", text: "The CloudHSM cluster does not answer." },
} satisfies Record<TokenReason, { code: ConnectionErrorCode; text: string }>);

export function asConnectionError(thrown: unknown): unknown {
  if (thrown instanceof TokenError) return new StoreConnectionError(FAULTS[thrown.reason].code, thrown.reason);
  return thrown instanceof KeyStoreError ? new StoreConnectionError("INTERNAL_ERROR", thrown.reason) : thrown;
}

export function asStoreFailure(thrown: unknown): unknown {
  if (thrown instanceof TokenError) return new StoreFailure(FAULTS[thrown.reason].text);
  return thrown instanceof KeyStoreError ? new StoreFailure(FAULTS.unreachable.text) : thrown;
}

/** In CreateKey's words. */
export function asCreateKeyError(thrown: unknown): unknown {
  if (thrown instanceof TokenError && thrown.reason === "unfit") {
    return new AwsError("CloudHsmClusterInvalidConfigurationException", FAULTS.unfit.text, { cause: thrown });
  }
  const failure = asStoreFailure(thrown);
  if (!(failure instanceof StoreFailure)) return failure;
  return new AwsError("CustomKeyStoreInvalidStateException", failure.message, { cause: thrown });
}
