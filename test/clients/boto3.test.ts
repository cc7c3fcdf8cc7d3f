import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { awsEnvironment, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, startServer } from "../harness/server.js";

const hasBoto3 = (await runProgram("python3", ["-c", "import boto3"]).catch(() => ({ code: 1 }))).code === 0;

test("boto3 speaks KMS, IAM, STS, S3 and CloudTrail with it", {
  skip: hasBoto3 ? false : "python3 with boto3 is not installed",
}, async (t) => {
  const folder = newFolder("boto3");
  const server = await startServer({ dataFolder: `${folder}/data` });
  t.after(async () => {
    await server.stop();
    removeFolder(folder);
  });
  const script = join(process.cwd(), "test", "clients", "boto3_client.py");
  const done = await runProgram("python3", [script], { environment: awsEnvironment(server) });
  assert.equal(done.code, 0, done.stderr);
  for (const line of done.stdout.trim().split("\n")) t.diagnostic(line);
  assert.match(done.stdout, /^ok: 7 of 7 parts$/m);
});
