import { TAGGED_PROFILE } from "../instance-profiles-contract.js";
import { thingTagTests } from "../thing-tags-contract.js";

thingTagTests(TAGGED_PROFILE);
