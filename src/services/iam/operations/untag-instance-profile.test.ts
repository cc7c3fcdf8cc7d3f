import { TAGGED_PROFILE } from "../instance-profiles-contract.js";
import { untagThingTests } from "../thing-tags-contract.js";

untagThingTests(TAGGED_PROFILE);
