import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, openIam } from "../testing.js";

guarded("GenerateCredentialReport", {}, "*");

const HOURS_MS = 3_600_000;

test("the first call starts a report, later ones find it complete, for four hours", async (t) => {
  const iam = await openIam(t);
  assert.deepEqual(await iam.call("GenerateCredentialReport", {}), {
    State: "STARTED",
    Description: "No report exists. Starting a new report generation task",
  });
  const report = async () => Buffer.from((await iam.call("GetCredentialReport", {})).Content ?? []).toString();
  const first = await report();
  await iam.call("CreateUser", { UserName: "ada" });
  iam.house.clock.advance(4 * HOURS_MS);
  assert.deepEqual(await iam.call("GenerateCredentialReport", {}), { State: "COMPLETE" });
  assert.equal(await report(), first);
  iam.house.clock.advance(1);
  assert.equal((await iam.call("GenerateCredentialReport", {})).State, "STARTED");
  assert.match(await report(), /\nada,/);
});
