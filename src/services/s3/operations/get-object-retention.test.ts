import { lockContract } from "../object-lock-contract.js";

await lockContract("GetObjectRetention", "GET");
