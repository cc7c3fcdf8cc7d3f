import { listPoliciesTests } from "../holders-contract.js";

listPoliciesTests("Group");
