import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { awsEnvironment, hasProgram, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("tour");
const skip = (await hasProgram("aws")) ? false : "the AWS CLI is not installed";
let server: Server;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** The commands of the README's tour, in their order. */
function tour(): string[] {
  const readme = readFileSync("README.md", "utf8");
  const section = readme.slice(readme.indexOf("## Five minutes"), readme.indexOf("## Settings"));
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
}

test("every line of the README's tour does what it says", { skip }, async () => {
  const blocks = tour();
  assert.ok(blocks.length >= 7, "the tour was found");
  mkdirSync(join(folder, "work"));
  // `npx strongroom` runs this checkout; the tour's data folder and port are the test's.
  const npx = `npx() { shift; node ${process.cwd()}/bin/strongroom.cjs "$@" --data ${server.dataFolder} --port ${server.port}; }`;
  const script = ["set -euo pipefail", npx, ...blocks].join("\n");
  const done = await runProgram("bash", ["-c", script], {
    folder: join(folder, "work"),
    environment: awsEnvironment(server),
  });
  assert.equal(done.code, 0, `${done.stdout}\n${done.stderr}`);
  assert.equal(done.stdout.match(/what only we may read/g)?.length, 4, done.stdout);
  assert.match(done.stderr, /not authorized to perform: kms:Decrypt/);
  assert.match(done.stderr, /is disabled/);
  assert.match(done.stdout, /denied: no identity-based policy allows it/);
  assert.match(done.stdout, /guest\s+Decrypt/);
});

test("env, evaluated by a shell, is all that the AWS CLI needs", { skip }, async () => {
  const script = `eval "$(node bin/strongroom.cjs env --data ${server.dataFolder} --port ${server.port})" && aws sts get-caller-identity --output text`;
  const done = await runProgram("bash", ["-c", script]);
  assert.match(done.stdout, /^\d{12}\s+arn:aws:iam::\d{12}:root/, done.stderr);
});
