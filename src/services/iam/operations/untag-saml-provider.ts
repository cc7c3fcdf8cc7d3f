import { operation } from "../ports.js";
import { aboutSamlProvider } from "../saml-providers.js";
import { type UntaggingInput, untagging } from "../things.js";

export const untagSAMLProvider = operation("UntagSAMLProvider", {
  ...aboutSamlProvider("iam:UntagSAMLProvider", (input: Input) => untagging.values(input)),
  run: untagging.run,
});

interface Input extends UntaggingInput {
  readonly SAMLProviderArn: string;
}
