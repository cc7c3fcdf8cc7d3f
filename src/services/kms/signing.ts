import type { SignCommandInput } from "@aws-sdk/client-kms";
import type { SigningRequest } from "../../kms/index.js";

/** What Sign and Verify have in common on the wire. */
interface Input {
  readonly SigningAlgorithm: NonNullable<SignCommandInput["SigningAlgorithm"]>;
  readonly MessageType?: SignCommandInput["MessageType"];
  readonly Message: Uint8Array;
}

export const signingRequest = ({ SigningAlgorithm, MessageType, Message }: Input): SigningRequest => ({
  algorithm: SigningAlgorithm,
  messageType: MessageType ?? "RAW",
  message: Message,
});

/** `kms:SigningAlgorithm` and `kms:MessageType`; the default counts as if it had been sent (kms 5.7). */
export const signingValues = ({ SigningAlgorithm, MessageType = "RAW" }: Input): ReadonlyMap<string, string> =>
  new Map([
    ["kms:signingalgorithm", SigningAlgorithm],
    ["kms:messagetype", MessageType],
  ]);
