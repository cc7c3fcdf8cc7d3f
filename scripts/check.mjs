// The developer's inner loop: types, lint, house rules, unit tests. `npm run check -- kms` runs only matching tests.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { byRoom, runTests, testFiles } from "./lib/node-test.mjs";
import { root, runBeside } from "./lib/run.mjs";

install();
const tool = (name) => join(root, "node_modules", ".bin", name);
await Promise.all([
  runBeside(tool("tsc"), ["--noEmit"]),
  runBeside(tool("biome"), ["check", "--diagnostic-level=error", "."]),
  build(),
]);

const filter = process.argv[2];
inMemory();
runTests([...byRoom(testFiles(["src"], filter)), ...testFiles(["test/house"], filter)]);

/**
 * Unit tests write thousands of small files and wait for each flush. Here they wait for memory where the system
 * has a folder in it; `npm test` runs the same tests on the disk.
 */
function inMemory() {
  if (process.platform !== "linux") return;
  try {
    const folder = mkdtempSync(join("/dev/shm", "strongroom-check-"));
    process.env.TMPDIR = folder;
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  } catch {
    // No such folder, or not ours to write: the disk does as well.
  }
}
