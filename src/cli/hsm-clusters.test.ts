import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseHsmClusters } from "./hsm-clusters.js";
import { readSettings, settingsOf } from "./settings.js";

const ID = "cluster-2abcdefghijk";
const TOKEN = { module: "/usr/lib/module.so", token: "vault" };

test("clusters are read from the settings file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-hsm-settings-"));
  const lines = ["hsm:", "  clusters:", `    ${ID}:`, "      module: /usr/lib/module.so", "      token: vault"];
  writeFileSync(join(folder, "strongroom.yaml"), lines.join("\n"));
  const { hsmClusters } = settingsOf(await readSettings({ flags: {}, environment: {}, folder }));
  const found = parseHsmClusters(hsmClusters).get(ID);
  assert.deepEqual(found, { ...TOKEN, user: undefined, trustAnchor: undefined });
  writeFileSync(join(folder, "strongroom.yaml"), "hsm:\n  cluster: 1\n");
  await assert.rejects(readSettings({ flags: {}, environment: {}, folder }), /there is no setting "hsm.cluster"/);
  rmSync(folder, { recursive: true });
});

test("what is no cluster is refused by its name", () => {
  assert.equal(parseHsmClusters("").size, 0);
  const parse = (clusters: unknown) => parseHsmClusters(JSON.stringify(clusters));
  assert.equal(parse({ [ID]: { ...TOKEN, user: "kmsuser", trustAnchor: "ca.pem" } }).get(ID)?.user, "kmsuser");
  assert.throws(() => parseHsmClusters("{"), /not understood/);
  assert.throws(() => parse([TOKEN]), /expected names/);
  assert.throws(() => parse({ "cluster-1": TOKEN }), /no cluster id/);
  assert.throws(() => parse({ [ID]: "vault" }), /expected names/);
  assert.throws(() => parse({ [ID]: { module: "/m.so" } }), /module and token are needed/);
  assert.throws(() => parse({ [ID]: { ...TOKEN, pin: "1234" } }), /no member "pin"/);
  assert.throws(() => parse({ [ID]: { ...TOKEN, token: "" } }), /token is a text/);
  assert.throws(() => parse({ [ID]: TOKEN, "cluster-3abcdefghijk": TOKEN }), /two clusters name one token/);
});
