import { operation } from "../ports.js";
import { aboutSamlProvider } from "../saml-providers.js";
import { listThingTags } from "../things.js";

export const listSAMLProviderTags = operation("ListSAMLProviderTags", {
  ...aboutSamlProvider("iam:ListSAMLProviderTags"),
  run: listThingTags,
});
