import { getContract } from "../configurations/kept-contract.js";

await getContract("metrics");
