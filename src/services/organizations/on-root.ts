import { nodeArn } from "./arns.js";
import { about } from "./seat.js";

interface Input {
  readonly RootId: string;
  readonly PolicyType: string;
}

/** `target` and `checks` of what turns a kind of policy on or off. */
export const aboutRoot = (action: string) =>
  about(
    action,
    (organization, input: Input) => [nodeArn(organization, input.RootId)],
    (input) => [["organizations:policytype", input.PolicyType]],
  );
