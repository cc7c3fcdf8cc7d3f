import { aboutMfaDevice } from "../mfa.js";
import { operation } from "../ports.js";
import { type TaggingInput, tagging } from "../things.js";

export const tagMFADevice = operation("TagMFADevice", {
  ...aboutMfaDevice("iam:TagMFADevice", (input: Input) => tagging.values(input)),
  run: tagging.run,
});

interface Input extends TaggingInput {
  readonly SerialNumber: string;
}
