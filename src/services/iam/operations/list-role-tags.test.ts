import { listTagsTests } from "../tags-contract.js";

listTagsTests("Role");
