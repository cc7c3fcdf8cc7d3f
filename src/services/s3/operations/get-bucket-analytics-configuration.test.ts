import { getContract } from "../configurations/kept-contract.js";

await getContract("analytics");
