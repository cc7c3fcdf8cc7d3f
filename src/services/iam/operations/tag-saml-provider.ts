import { operation } from "../ports.js";
import { aboutSamlProvider } from "../saml-providers.js";
import { type TaggingInput, tagging } from "../things.js";

export const tagSAMLProvider = operation("TagSAMLProvider", {
  ...aboutSamlProvider("iam:TagSAMLProvider", (input: Input) => tagging.values(input)),
  run: tagging.run,
});

interface Input extends TaggingInput {
  readonly SAMLProviderArn: string;
}
