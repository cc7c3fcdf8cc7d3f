import { listAttachedTests } from "../holders-contract.js";

listAttachedTests("User");
