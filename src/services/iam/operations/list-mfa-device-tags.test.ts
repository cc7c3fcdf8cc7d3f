import { TAGGED_DEVICE } from "../mfa-contract.js";
import { listThingTagsTests } from "../thing-tags-contract.js";

listThingTagsTests(TAGGED_DEVICE);
