import { attachPolicyTests } from "../holders-contract.js";

attachPolicyTests("User");
