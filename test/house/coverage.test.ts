import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { openWire } from "../../src/wire/index.js";
import { coverage, writtenServices } from "./coverage.js";

const FILE = "docs/services/coverage.md";

test("docs/services/coverage.md says what the services do", () => {
  const made = coverage(openWire({ modelsFolder: "models" }));
  if (process.env["STRONGROOM_TEST_UPDATE"]) writeFileSync(FILE, made);
  assert.equal(readFileSync(FILE, "utf8"), made, `run it with STRONGROOM_TEST_UPDATE=1 to write ${FILE} anew`);
});

/** Nobody signs them and no client has them: what they read they ask for as nobody, object by object. */
const OF_BROWSERS = new Set(["GetWebsite", "OptionsObject"]);

/** The table itself is made and held by test/promises/authorized-only.test.ts, which needs a running server. */
test("docs/services/actions.md has a row for every operation that is written", () => {
  const page = readFileSync("docs/services/actions.md", "utf8");
  const rows = new Set([...page.matchAll(/^\| (\w+) \| /gm)].map((match) => match[1]));
  const missing = writtenServices().flatMap((service) =>
    [...service.operations.keys()].filter((name) => !rows.has(name) && !OF_BROWSERS.has(name)),
  );
  assert.deepEqual(
    missing,
    [],
    "after a build: STRONGROOM_TEST_UPDATE=1 node --test build/test/promises/authorized-only.test.js",
  );
});
