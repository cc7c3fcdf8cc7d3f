import { lockContract } from "../object-lock-contract.js";

await lockContract("PutObjectLegalHold", "PUT", { LegalHold: { Status: "ON" } });
