import { execFileSync } from "node:child_process";
import { benchBucketKeys } from "./bucket-keys.js";
import { benchKms } from "./kms.js";
import { benchKmsScale } from "./kms-scale.js";
import { benchMemory } from "./memory.js";
import { SERVER_CORE } from "./peers.js";
import { machineKind, showTable } from "./report.js";
import { benchS3 } from "./s3.js";
import { benchS3Scale } from "./s3-scale.js";
import { benchTrail } from "./trail.js";

const BENCHES = {
  kms: benchKms,
  scale: benchKmsScale,
  s3: benchS3,
  "s3-scale": benchS3Scale,
  "bucket-keys": benchBucketKeys,
  memory: benchMemory,
  trail: benchTrail,
};

// The load comes from the other cores, so that it never takes the servers' time.
const cores = execFileSync("nproc", { encoding: "utf8" }).trim();
if (Number(cores) > 1)
  execFileSync("taskset", ["-cp", `${Number(SERVER_CORE) + 1}-${Number(cores) - 1}`, String(process.pid)]);

const wanted = process.argv[2] ?? "";
process.stdout.write(`${new Date().toISOString().slice(0, 10)}, ${machineKind()}\n`);
for (const [name, bench] of Object.entries(BENCHES)) {
  const isWanted = wanted in BENCHES ? name === wanted : name.includes(wanted);
  if (isWanted) process.stdout.write(showTable(await bench()));
}
