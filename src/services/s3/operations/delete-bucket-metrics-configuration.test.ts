import { deleteContract } from "../configurations/kept-contract.js";

await deleteContract("metrics");
