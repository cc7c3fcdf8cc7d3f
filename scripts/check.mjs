// The developer's inner loop: types, lint, house rules, unit tests. `npm run check -- kms` runs only matching tests.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { byProcess, runTests, testFiles } from "./lib/node-test.mjs";
import { root, runBeside } from "./lib/run.mjs";

install();
const TYPES = join(root, ".cache", "types.tsbuildinfo");
const tool = (name) => join(root, "node_modules", ".bin", name);
await Promise.all([
  // One thread, and a heap that is cleaned up seldom: half the processor time, which the others need meanwhile.
  runBeside(tool("tsc"), ["--noEmit", "--singleThreaded", "--incremental", "--tsBuildInfoFile", TYPES], {
    GOGC: "400",
  }),
  runBeside(tool("biome"), ["check", "--diagnostic-level=error", "."]),
  build({ program: false }),
]);

const filter = process.argv[2];
inMemory();
const files = byProcess([...testFiles(["src"], filter), ...testFiles(["test/house"], filter)]);
process.on("exit", (code) => {
  if (code !== 0 && !filter) console.error("`npm run check -- <part of a path>` shows the lines of src/ in traces.");
});
runTests(files, { sourceMaps: filter !== undefined });

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
