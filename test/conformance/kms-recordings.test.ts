import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { awsEnvironment, runProgram } from "../harness/clients.js";
import { startServer } from "../harness/server.js";

// Every scenario that was recorded from the real service, played again with boto3 on the running server.

const FOLDER = process.env["STRONGROOM_VECTORS"] ?? join(process.cwd(), "..", "shared", "vectors");
type Scenarios = Readonly<Record<string, unknown>>;
const recorded: Scenarios = JSON.parse(readFileSync(join(FOLDER, "recordings", "kms.json"), "utf8"));

let stop: () => Promise<unknown> = async () => {};
let played: Scenarios = {};
before(async () => {
  const server = await startServer();
  stop = () => server.stop();
  const script = join(process.cwd(), "test", "conformance", "kms_recordings.py");
  const options = { environment: awsEnvironment(server), input: JSON.stringify(Object.keys(recorded)) };
  const done = await runProgram("python3", [script], options);
  assert.equal(done.code, 0, done.stderr);
  played = JSON.parse(done.stdout);
});
after(() => stop());

for (const [scenario, answers] of Object.entries(recorded)) {
  test(scenario, () => assert.deepEqual(played[scenario], answers));
}
