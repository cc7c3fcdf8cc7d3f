// Runs compiled test files with node's own runner.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

/** Compiled test files below the given folders of build/, sorted, filtered by an optional part of their path. */
export function testFiles(folders, filter = "") {
  return folders
    .flatMap((folder) => listing(folder).map((name) => join("build", folder, name)))
    .filter((name) => name.endsWith(".test.js") && name.includes(filter))
    .sort();
}

function listing(folder) {
  try {
    return readdirSync(join(root, "build", folder), { recursive: true });
  } catch {
    return [];
  }
}

export function runTests(files, { concurrency = 2 } = {}) {
  if (files.length === 0) {
    console.error("No test file matches.");
    process.exit(1);
  }
  const flags = ["--enable-source-maps", "--test", "--test-reporter=dot", `--test-concurrency=${concurrency}`];
  run(process.execPath, [
    ...flags.map((f) => (process.env.STRONGROOM_TEST_SPEC ? f.replace("=dot", "=spec") : f)),
    ...files,
  ]);
}
