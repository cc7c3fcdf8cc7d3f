import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readSettings, SettingsError, settingsOf } from "./settings.js";

const folder = mkdtempSync(join(tmpdir(), "strongroom-settings-"));
after(() => rmSync(folder, { recursive: true }));

const read = (flags: Record<string, string>, environment: Record<string, string>) =>
  readSettings({ flags, environment, folder });

test("flags win over the environment, which wins over the file, which wins over the defaults", async () => {
  writeFileSync(join(folder, "strongroom.yaml"), "port: 1001\nhost: 127.0.0.2\nregion: eu-west-1\n");
  const settings = await read({ port: "1003" }, { STRONGROOM_PORT: "1002", STRONGROOM_HOST: "127.0.0.3" });
  const sources = Object.fromEntries(settings.map((s) => [s.name, `${s.value} ${s.source}`]));
  assert.equal(sources["port"], "1003 flag");
  assert.equal(sources["host"], "127.0.0.3 environment");
  assert.equal(sources["region"], "eu-west-1 file");
  assert.equal(sources["data"], "./strongroom-data default");
  assert.equal(settingsOf(settings).port, 1003);
});

test("what cannot be understood is refused by name", async () => {
  await assert.rejects(read({ port: "65536" }, {}), /--port \(from the flag\): "65536" is not a whole number/);
  await assert.rejects(read({}, { STRONGROOM_PORT: "" }), SettingsError);
  await assert.rejects(read({ region: "Mars" }, {}), /not a Region's name/);
  await assert.rejects(read({ config: "missing.yaml" }, {}), /does not exist/);
  writeFileSync(join(folder, "odd.yaml"), "colour: red\n");
  await assert.rejects(read({ config: "odd.yaml" }, {}), /there is no setting "colour"/);
});
