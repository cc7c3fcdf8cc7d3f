// The developer's inner loop: types, lint, house rules, unit tests. `npm run check -- kms` runs only matching tests.
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { runTests, testFiles } from "./lib/node-test.mjs";
import { run } from "./lib/run.mjs";

install();
run("npx", ["tsc", "--noEmit"]);
run("npx", ["biome", "check", "--diagnostic-level=error", "."]);
await build();
runTests(testFiles(["src", "test/house"], process.argv[2]));
