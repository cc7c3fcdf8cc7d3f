// The developer's inner loop: types, lint, house rules, unit tests. `npm run check -- kms` runs only matching tests.
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { byRoom, runTests, testFiles } from "./lib/node-test.mjs";
import { run } from "./lib/run.mjs";

install();
run("npx", ["tsc", "--noEmit"]);
run("npx", ["biome", "check", "--diagnostic-level=error", "."]);
await build();
const filter = process.argv[2];
runTests([...byRoom(testFiles(["src"], filter)), ...testFiles(["test/house"], filter)]);
