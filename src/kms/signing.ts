import { AwsError, needs } from "../base/index.js";
import { type MessageType, messageBytesOf, SIGNINGS, type SigningAlgorithm } from "../crypto/index.js";
import type { LoadedKey } from "./repository.js";
import { refuseUnlessFit } from "./use-key.js";

/** What Sign and Verify are asked, the defaults filled in. */
export interface SigningRequest {
  /** SM2's is known, so that it is refused for the key's spec like every algorithm of other keys. */
  readonly algorithm: SigningAlgorithm | "SM2DSA";
  readonly messageType: MessageType;
  readonly message: Uint8Array;
}

/** Before any key is looked at: which message types an algorithm takes (kms 3.3). */
export function refuseMessageType({ algorithm, messageType }: SigningRequest): void {
  const taken: readonly MessageType[] = algorithm === "SM2DSA" ? ["RAW", "DIGEST"] : SIGNINGS[algorithm].messageTypes;
  if (taken.includes(messageType)) return;
  throw validation(`Algorithm ${algorithm} does not support message type ${messageType}.`);
}

/** The key's state, usage and algorithm, then the length of what is no message. Returns the algorithm that signs. */
export function refuseUnlessSigns(loaded: LoadedKey, operation: string, request: SigningRequest): SigningAlgorithm {
  const { algorithm, messageType, message } = request;
  refuseUnlessFit(loaded, operation, "SIGN_VERIFY", algorithm);
  needs(algorithm !== "SM2DSA", "no key that is made here signs with SM2");
  const bytes = messageBytesOf(algorithm, messageType);
  if (bytes !== undefined && message.length !== bytes) {
    throw validation(`Digest is invalid length for algorithm ${algorithm}.`);
  }
  return algorithm;
}

const validation = (message: string) => new AwsError("ValidationException", message);
