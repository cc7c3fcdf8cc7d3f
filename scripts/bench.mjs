// `npm run bench`: each benchmark side by side with its peer or its limit, in one run; prints ratios.
// `npm run bench -- kms` runs only those whose name holds "kms".
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { run } from "./lib/run.mjs";

install();
await build();
run(process.execPath, ["--enable-source-maps", "build/test/bench/main.js", ...process.argv.slice(2)]);
