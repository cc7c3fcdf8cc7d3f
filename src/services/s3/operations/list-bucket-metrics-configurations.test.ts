import { listContract } from "../configurations/kept-contract.js";

await listContract("metrics");
