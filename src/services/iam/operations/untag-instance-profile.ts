import { aboutInstanceProfile } from "../instance-profiles.js";
import { operation } from "../ports.js";
import { type UntaggingInput, untagging } from "../things.js";

export const untagInstanceProfile = operation("UntagInstanceProfile", {
  ...aboutInstanceProfile("iam:UntagInstanceProfile", (input: Input) => untagging.values(input)),
  run: untagging.run,
});

interface Input extends UntaggingInput {
  readonly InstanceProfileName: string;
}
