import { lockContract } from "../object-lock-contract.js";

await lockContract("GetObjectLegalHold", "GET");
