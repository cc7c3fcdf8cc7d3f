import { TAGGED_DEVICE } from "../mfa-contract.js";
import { untagThingTests } from "../thing-tags-contract.js";

untagThingTests(TAGGED_DEVICE);
