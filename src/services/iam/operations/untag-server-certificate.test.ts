import { TAGGED_CERTIFICATE } from "../server-certificates-contract.js";
import { untagThingTests } from "../thing-tags-contract.js";

untagThingTests(TAGGED_CERTIFICATE);
