import { guardsProvider, TAGGED_PROVIDER } from "../saml-contract.js";
import { untagThingTests } from "../thing-tags-contract.js";

guardsProvider("UntagSAMLProvider", { TagKeys: ["a"] });
untagThingTests(TAGGED_PROVIDER);
