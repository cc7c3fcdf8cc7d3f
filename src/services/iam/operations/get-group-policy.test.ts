import { getPolicyTests } from "../holders-contract.js";

getPolicyTests("Group");
