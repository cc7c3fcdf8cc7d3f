import { TAGGED_DEVICE } from "../mfa-contract.js";
import { thingTagTests } from "../thing-tags-contract.js";

thingTagTests(TAGGED_DEVICE);
