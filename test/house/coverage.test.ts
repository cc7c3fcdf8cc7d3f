import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { openWire } from "../../src/wire/index.js";
import { coverage } from "./coverage.js";

const FILE = "docs/services/coverage.md";

test("docs/services/coverage.md says what the services do", () => {
  const made = coverage(openWire({ modelsFolder: "models" }));
  if (process.env["STRONGROOM_TEST_UPDATE"]) writeFileSync(FILE, made);
  assert.equal(readFileSync(FILE, "utf8"), made, `run it with STRONGROOM_TEST_UPDATE=1 to write ${FILE} anew`);
});
