import { tagTests } from "../tags-contract.js";

tagTests("User");
