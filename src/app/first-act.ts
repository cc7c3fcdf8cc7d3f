import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { FLAGS, forkWorker } from "./birth.js";
import { CREDENTIAL_VARIABLES } from "./credential-variables.js";
import { mayHideVariable } from "./hidden-variable.js";

// What cannot wait for the program to be loaded: `program.ts` imports this before all else.

if (process.env["STRONGROOM_ROLE"] === "worker") takeFlagsBack();
else if (process.argv[2] === "up") bearFirstWorker();

/**
 * What a worker's flags say was done when its heap and its globals were made. Taken back, they let Node use the compiled
 * code that it carries of its own modules, which fits V8 without flags alone.
 */
function takeFlagsBack(): void {
  const { setFlagsFromString } = createRequire(import.meta.url)("node:v8") as typeof import("node:v8"); // as named
  for (const flag of process.execArgv) {
    const usual = FLAGS.get(flag);
    if (usual !== undefined) setFlagsFromString(usual);
  }
}

/** Where a variable may have to be hidden from it, the first worker is born when the settings were read. */
function bearFirstWorker(): void {
  const { argv, env: environment } = process;
  if (mayHideVariable({ argv, environment, hasFile: existsSync("strongroom.yaml") })) return;
  forkWorker(fileURLToPath(import.meta.url), CREDENTIAL_VARIABLES);
}
