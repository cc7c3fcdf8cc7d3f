// `npm start`: installs and builds what is missing, then runs `strongroom up` with the given flags.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { install } from "./install.mjs";
import { root } from "./lib/run.mjs";

install();
const { build, isBuilt } = await import("./build.mjs");
if (!isBuilt()) await build({ tests: false });

const server = spawn(process.execPath, [join(root, "bin", "strongroom.cjs"), "up", ...process.argv.slice(2)], {
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => process.exit(code ?? 1));
