import { putPolicyTests } from "../holders-contract.js";

putPolicyTests("User");
