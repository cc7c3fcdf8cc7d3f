import { TAGGED_CERTIFICATE } from "../server-certificates-contract.js";
import { thingTagTests } from "../thing-tags-contract.js";

thingTagTests(TAGGED_CERTIFICATE);
