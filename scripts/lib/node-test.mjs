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

/**
 * One file a room that imports the room's test files: starting a process for each of hundreds of small files would
 * take longer than the tests themselves. Files that start processes of their own stay apart.
 */
export function byRoom(files) {
  const folder = join("build", "rooms");
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  const rooms = Map.groupBy?.(files, roomOf) ?? grouped(files);
  // The largest first: else it would run alone at the end.
  const ordered = [...rooms].sort(([, a], [, b]) => b.length - a.length);
  return ordered.map(([room, members]) => {
    const file = join(folder, `${room.replaceAll("/", "-")}.test.js`);
    const imports = members.map((member) => `import "../../${member}";\n`);
    writeFileSync(join(root, file), imports.join(""));
    return file;
  });
}

function grouped(files) {
  const rooms = new Map();
  for (const file of files) rooms.set(roomOf(file), [...(rooms.get(roomOf(file)) ?? []), file]);
  return rooms;
}

/** `build/src/services/s3/…` is the room `services/s3`. */
function roomOf(file) {
  const [, , room, service] = file.split("/");
  return room === "services" ? `services/${service}` : room;
}

export function runTests(files, { concurrency = 2 } = {}) {
  if (files.length === 0) {
    console.error("No test file matches.");
    process.exit(1);
  }
  const reporter = process.env.STRONGROOM_TEST_SPEC || process.env.CI ? "spec" : "dot";
  const flags = ["--no-warnings", "--enable-source-maps", "--test", `--test-reporter=${reporter}`];
  run(process.execPath, [...flags, `--test-concurrency=${concurrency}`, ...files]);
}
