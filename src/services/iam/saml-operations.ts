import { createSAMLProvider } from "./operations/create-saml-provider.js";
import { deleteSAMLProvider } from "./operations/delete-saml-provider.js";
import { getSAMLProvider } from "./operations/get-saml-provider.js";
import { listSAMLProviderTags } from "./operations/list-saml-provider-tags.js";
import { listSAMLProviders } from "./operations/list-saml-providers.js";
import { tagSAMLProvider } from "./operations/tag-saml-provider.js";
import { untagSAMLProvider } from "./operations/untag-saml-provider.js";
import { updateSAMLProvider } from "./operations/update-saml-provider.js";

/** Everything about SAML providers. */
export const SAML_OPERATIONS = [
  createSAMLProvider,
  deleteSAMLProvider,
  getSAMLProvider,
  listSAMLProviders,
  listSAMLProviderTags,
  tagSAMLProvider,
  untagSAMLProvider,
  updateSAMLProvider,
];
