import { guardsProvider, TAGGED_PROVIDER } from "../saml-contract.js";
import { thingTagTests } from "../thing-tags-contract.js";

guardsProvider("TagSAMLProvider", { Tags: [] });
thingTagTests(TAGGED_PROVIDER);
