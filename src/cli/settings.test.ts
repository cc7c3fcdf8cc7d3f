import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseNumberPairs } from "./number-pairs.js";
import { readSettings, settingsOf } from "./settings.js";
import { SettingsError } from "./settings-error.js";

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

test("KMS's quotas, rates and prices are pairs, on a line or below each other", async () => {
  const texts = async (config: string, flags = {}) => {
    writeFileSync(join(folder, "kms.yaml"), config);
    const { kmsQuotas, kmsRates, kmsPrices } = settingsOf(await read({ config: "kms.yaml", ...flags }, {}));
    return [kmsQuotas, kmsRates, kmsPrices];
  };
  const yaml =
    "kms:\n  quotas:\n    grantsPerKey: 10\n  rates:\n    aws: true\n    CreateKey: 5\n  prices: requests=0.5\n";
  assert.deepEqual(await texts(yaml), ["grantsPerKey=10", "aws,CreateKey=5", "requests=0.5"]);
  assert.deepEqual(await texts("kms:\n  rates: aws\n", { "kms-quotas": "aliasesPerKey=3" }), [
    "aliasesPerKey=3",
    "aws",
    "",
  ]);
  assert.deepEqual(await texts("port: 1\n"), ["", "", ""]);
  await assert.rejects(texts("kms:\n  speed: 3\n"), /there is no setting "kms\.speed"/);
  await assert.rejects(texts("kms:\n  rates: fast\n"), /"fast" is not name=number or aws/);
  await assert.rejects(texts("kms:\n  quotas:\n    grantsPerKey: -1\n"), /is not name=number/);
  assert.deepEqual(
    [...parseNumberPairs("aws, a=1,b = 2.5", ["aws"]).numbers],
    [
      ["a", 1],
      ["b", 2.5],
    ],
  );
});

test("what cannot be understood is refused by name", async () => {
  await assert.rejects(read({ port: "65536" }, {}), /--port \(from the flag\): "65536" is not a whole number/);
  await assert.rejects(read({}, { STRONGROOM_PORT: "" }), SettingsError);
  await assert.rejects(read({ region: "Mars" }, {}), /not a Region's name/);
  await assert.rejects(read({ config: "missing.yaml" }, {}), /does not exist/);
  writeFileSync(join(folder, "odd.yaml"), "colour: red\n");
  await assert.rejects(read({ config: "odd.yaml" }, {}), /there is no setting "colour"/);
});
