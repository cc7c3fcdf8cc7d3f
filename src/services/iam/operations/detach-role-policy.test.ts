import { detachPolicyTests } from "../holders-contract.js";

detachPolicyTests("Role");
