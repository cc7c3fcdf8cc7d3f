import { TAGGED_PROFILE } from "../instance-profiles-contract.js";
import { listThingTagsTests } from "../thing-tags-contract.js";

listThingTagsTests(TAGGED_PROFILE);
