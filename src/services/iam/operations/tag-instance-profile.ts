import { aboutInstanceProfile } from "../instance-profiles.js";
import { operation } from "../ports.js";
import { type TaggingInput, tagging } from "../things.js";

export const tagInstanceProfile = operation("TagInstanceProfile", {
  ...aboutInstanceProfile("iam:TagInstanceProfile", (input: Input) => tagging.values(input)),
  run: tagging.run,
});

interface Input extends TaggingInput {
  readonly InstanceProfileName: string;
}
