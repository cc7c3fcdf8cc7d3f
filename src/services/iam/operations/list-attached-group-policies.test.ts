import { listAttachedTests } from "../holders-contract.js";

listAttachedTests("Group");
