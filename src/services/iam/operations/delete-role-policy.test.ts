import { deletePolicyTests } from "../holders-contract.js";

deletePolicyTests("Role");
