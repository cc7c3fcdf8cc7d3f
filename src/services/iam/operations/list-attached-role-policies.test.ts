import { listAttachedTests } from "../holders-contract.js";

listAttachedTests("Role");
