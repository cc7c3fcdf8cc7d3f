import { aboutMfaDevice } from "../mfa.js";
import { operation } from "../ports.js";
import { type UntaggingInput, untagging } from "../things.js";

export const untagMFADevice = operation("UntagMFADevice", {
  ...aboutMfaDevice("iam:UntagMFADevice", (input: Input) => untagging.values(input)),
  run: untagging.run,
});

interface Input extends UntaggingInput {
  readonly SerialNumber: string;
}
