// `npm test`: installs what the tests need, builds, and runs every test but the conformance ones.
// `npm test -- s3` runs only the test files whose path holds "s3". STRONGROOM_TEST_SPEC=1 names each test.
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { byProcess, runTests, testFiles } from "./lib/node-test.mjs";
import { installPrograms } from "./lib/programs.mjs";
import { run } from "./lib/run.mjs";

const filter = process.argv[2] ?? "";
install();
installPrograms();
run("npx", ["tsc", "--noEmit"]);
run("npx", ["biome", "check", "--diagnostic-level=error", "."]);
await build();

const quick = [...byProcess(testFiles(["src"], filter)), ...testFiles(["test/house", "test/wire"], filter)];
const whole = testFiles(
  [
    "test/oracle",
    "test/matrix",
    "test/claims",
    "test/promises",
    "test/bad-input",
    "test/clients",
    "test/processes",
    "test/hsm",
    "test/xks",
    "test/tour",
  ],
  filter,
);
const isTerraform = (name) => name.includes("terraform");
const endToEnd = testFiles(["test/e2e"], filter);
const waiting = endToEnd.filter(isTerraform);
const heavy = endToEnd.filter((name) => !isTerraform(name));
if (quick.length + whole.length + endToEnd.length === 0) throw new Error(`no test file matches ${filter}`);
if (quick.length > 0) runTests(quick);
if (whole.length > 0) runTests(whole);
// Terraform's provider sleeps between two questions, one story while another computes.
if (waiting.length > 0) runTests(waiting, { concurrency: waiting.length });
// The longest of the others is bound by the one core that the AWS CLI uses; the rest run beside it, one at a time.
if (heavy.length > 0) runTests(heavy, { concurrency: 2 });
