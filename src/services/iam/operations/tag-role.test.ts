import { tagTests } from "../tags-contract.js";

tagTests("Role");
