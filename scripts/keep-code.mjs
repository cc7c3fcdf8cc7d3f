// Starts the program once in an empty folder, so that it keeps what V8 compiled of the bundle (src/app/program.ts).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./lib/run.mjs";

const TIMEOUT_MS = 60_000;

/** Without it everything works, and starts slower. */
export async function keepCode() {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-code-"));
  const server = spawn(process.execPath, [join(root, "bin", "strongroom.cjs"), "up", ...settingsIn(folder)], {
    cwd: folder,
    env: { ...ownEnvironment(), STRONGROOM_KEEP_CODE: "1" },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: TIMEOUT_MS,
  });
  server.stdout.once("data", () => server.kill("SIGTERM")); // it says that it is ready
  const [code] = await once(server, "close");
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) console.log("No compiled code was kept: the program starts slower than it could.");
}

const settingsIn = (folder) => ["--data", join(folder, "data"), "--port", "0", "--workers", "1"];

/** Settings of whoever builds are not for this start. */
const ownEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|STRONGROOM|NODE)_/.test(name)));
