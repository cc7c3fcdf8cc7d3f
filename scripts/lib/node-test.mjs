// Runs compiled test files with node's own runner.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

/** The rooms that share a process, the longest first: else it would run alone at the end. */
const PROCESSES = {
  second: ["identity", "audit", "keystore"],
  // Rooms that are named nowhere.
  others: [],
  "services-s3": ["services/s3"],
  "services-kms": ["services/kms"],
  "services-iam": ["services/iam"],
  ground: ["base", "wire", "policy", "crypto", "store"],
};

/**
 * A few files that import the test files of their rooms: a process for each of hundreds of small files, or for each
 * room, would take longer to start than many of the tests take.
 */
export function byProcess(files) {
  const folder = join("build", "rooms");
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  return Object.keys(PROCESSES).flatMap((name) => {
    const members = files.filter((file) => processOf(file) === name);
    if (members.length === 0) return [];
    const file = join(folder, `${name}.test.js`);
    writeFileSync(join(root, file), members.map((member) => `import "../../${member}";\n`).join(""));
    return file;
  });
}

function processOf(file) {
  const found = Object.entries(PROCESSES).find(([, rooms]) => rooms.includes(roomOf(file)));
  return found?.[0] ?? "others";
}

/** `build/src/services/s3/…` is the room `services/s3`. */
function roomOf(file) {
  const [, , room, service] = file.split("/");
  return room === "services" ? `services/${service}` : room;
}

/**
 * Source maps cost a tenth of the time of tests that throw much. Without them the lines of a trace are those of build/.
 */
export function runTests(files, { concurrency = 2, sourceMaps = true } = {}) {
  if (files.length === 0) {
    console.error("No test file matches.");
    process.exit(1);
  }
  const reporter = process.env.STRONGROOM_TEST_SPEC || process.env.CI ? "spec" : "dot";
  const maps = sourceMaps ? ["--enable-source-maps"] : [];
  const flags = ["--no-warnings", ...maps, "--test", `--test-reporter=${reporter}`];
  run(process.execPath, [...flags, `--test-concurrency=${concurrency}`, ...files]);
}
