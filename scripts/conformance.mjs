// What needs the shared vectors: published test vectors and answers recorded from the real services.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { runTests, testFiles } from "./lib/node-test.mjs";
import { root } from "./lib/run.mjs";

process.env.STRONGROOM_VECTORS ??= join(root, "..", "shared", "vectors");
if (!existsSync(process.env.STRONGROOM_VECTORS)) {
  console.error(`The vectors are not at ${process.env.STRONGROOM_VECTORS}; set STRONGROOM_VECTORS to their folder.`);
  process.exit(1);
}
install();
await build();
runTests(testFiles(["test/conformance"], process.argv[2]));
