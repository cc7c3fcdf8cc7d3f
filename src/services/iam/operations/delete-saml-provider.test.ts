import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, makeProvider, withProvider } from "../saml-contract.js";

guardsProvider("DeleteSAMLProvider");

test("DeleteSAMLProvider takes the provider with its document, and its name is free again", async (t) => {
  const iam = await withProvider(t, { Tags: [{ Key: "a", Value: "1" }] });
  await iam.call("DeleteSAMLProvider", about);
  await assert.rejects(iam.call("GetSAMLProvider", about), { code: "NoSuchEntity" });
  await assert.rejects(iam.call("DeleteSAMLProvider", about), { code: "NoSuchEntity" });
  const rows = await iam.house.database.read((tx) => tx.all("SELECT kind FROM iam_items LIMIT 9"));
  assert.deepEqual(rows, []);
  await makeProvider(iam);
  assert.deepEqual((await iam.call("GetSAMLProvider", about)).Tags, []);
});
