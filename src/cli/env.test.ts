import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { credentialsFile, credentialsText, findCredentials } from "./credentials.js";
import { environmentLines } from "./env.js";
import { readSettings, type Settings, settingsOf } from "./settings.js";

const folder = mkdtempSync(join(tmpdir(), "strongroom-env-"));
after(() => rmSync(folder, { recursive: true }));

async function settings(flags: Record<string, string>): Promise<Settings> {
  return settingsOf(await readSettings({ flags: { data: folder, ...flags }, environment: {}, folder }));
}

test("without credentials env says what to do", async () => {
  const given = await settings({});
  assert.throws(() => environmentLines(given, "none"), /strongroom init/);
});

test("a shell evaluates env to the same values, quotes and all", async () => {
  writeFileSync(credentialsFile(folder), credentialsText({ accessKeyId: "AKIAX", secretAccessKey: "a'b/c+d" }));
  const text = environmentLines(await settings({ port: "1234", region: "eu-west-1" }), "none");
  const shown = execFileSync("sh", [
    "-c",
    `${text} echo "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_REGION"`,
  ]);
  assert.equal(shown.toString(), "http://127.0.0.1:1234 AKIAX a'b/c+d eu-west-1\n");
});

test("the caller's own variables win over the file", () => {
  assert.equal(findCredentials(folder, {})?.accessKeyId, "AKIAX");
  const own = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "B", AWS_SESSION_TOKEN: "T" };
  assert.deepEqual(findCredentials(folder, own), { accessKeyId: "A", secretAccessKey: "B", sessionToken: "T" });
  assert.equal(findCredentials(join(folder, "none"), {}), undefined);
});
