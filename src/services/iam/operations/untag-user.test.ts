import { untagTests } from "../tags-contract.js";

untagTests("User");
