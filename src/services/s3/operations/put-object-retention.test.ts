import { lockContract } from "../object-lock-contract.js";

await lockContract("PutObjectRetention", "PUT", {
  Retention: { Mode: "GOVERNANCE", RetainUntilDate: new Date("2100-01-01T00:00:00Z") },
});
