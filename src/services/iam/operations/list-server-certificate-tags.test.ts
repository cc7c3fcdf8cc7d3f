import { TAGGED_CERTIFICATE } from "../server-certificates-contract.js";
import { listThingTagsTests } from "../thing-tags-contract.js";

listThingTagsTests(TAGGED_CERTIFICATE);
