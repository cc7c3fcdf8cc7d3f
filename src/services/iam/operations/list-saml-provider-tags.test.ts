import { guardsProvider, TAGGED_PROVIDER } from "../saml-contract.js";
import { listThingTagsTests } from "../thing-tags-contract.js";

guardsProvider("ListSAMLProviderTags");
listThingTagsTests(TAGGED_PROVIDER);
