import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { findings, readSources, show } from "./rules.js";

const problemsIn = (files: Record<string, string>) =>
  findings(Object.entries(files).map(([path, text]) => ({ path, text }))).map((finding) => finding.problem);

test("the house keeps its floors, doors, bans and tests", () => {
  const files = readSources(join(process.cwd(), "src"));
  assert.ok(files.length > 20, "the sources were found");
  assert.deepEqual(findings(files).map(show), []);
});

test("an import upwards, sideways or past the door is found", () => {
  const files = {
    "base/a.ts": 'import { x } from "../wire/index.js";',
    "wire/b.ts": 'import { x } from "../policy/index.js";',
    "kms/c.ts": 'import { x } from "../crypto/aead.js";',
    "services/s3/d.ts": 'import { x } from "../kms/index.js";',
    "identity/fine.ts": 'import { x } from "../policy/index.js";',
  };
  assert.deepEqual(problemsIn(files), [
    "imports go down only: wire/index.ts",
    "never sideways on one floor: policy/index.ts",
    "through the room's door only (crypto/index.ts): crypto/aead.ts",
    "services never import each other: services/kms/index.ts",
  ]);
});

test("a banned call is found, and allowed where it belongs", () => {
  assert.deepEqual(problemsIn({ "kms/a.ts": "const t = Date.now();" }), ["Date.now() is banned here"]);
  assert.deepEqual(problemsIn({ "kms/a.ts": "const t = new Date();" }), ["new Date() is banned here"]);
  assert.deepEqual(problemsIn({ "kms/a.ts": "setTimeout(f, 1);" }), ["a bare timer is banned here"]);
  assert.deepEqual(problemsIn({ "app/a.ts": "const t = Date.now();", "kms/b.ts": "clock.setTimeout(f);" }), []);
});

test("a circle and an operation without a test are found", () => {
  const circle = { "kms/a.ts": 'import "./b.js";', "kms/b.ts": 'export * from "./a.js";' };
  assert.deepEqual(problemsIn(circle), ["a circle of imports: kms/a.ts → kms/b.ts → kms/a.ts"]);
  assert.deepEqual(problemsIn({ "services/kms/operations/encrypt.ts": "" }), ["an operation without a test beside it"]);
});
