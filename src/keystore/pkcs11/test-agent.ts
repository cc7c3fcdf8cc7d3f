import { runTokenAgent } from "./launch.js";

// The agent's process in this room's tests; `app` starts its own program in that role.
if (process.env["TEST_AGENT"] === "silent") process.on("message", () => {});
else if (process.env["TEST_AGENT"] === "dying") process.once("message", () => process.exit(3));
else await runTokenAgent();
