import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { decide, explain, formatExplanation } from "./index.js";
import { type Case, inputOf, verdictText } from "./testing.js";

/** The cases lie with the sources, wherever the tests were built to. */
function casesFolder(): string {
  const above = (from: string): string[] => (dirname(from) === from ? [from] : [from, ...above(dirname(from))]);
  const places = [...above(import.meta.dirname), process.cwd()].map((root) => join(root, "src", "policy", "cases"));
  const found = places.find((place) => existsSync(place));
  assert.ok(found, "src/policy/cases is not there");
  return found;
}

const folder = casesFolder();
for (const file of readdirSync(folder).sort()) {
  const cases = JSON.parse(readFileSync(join(folder, file), "utf8")) as Case[]; // our own files, of this one form
  test(`${file.replace(".json", "")}: ${cases.length} cases`, () => {
    for (const each of cases) {
      const input = inputOf(each);
      const explanation = explain(input);
      const told = `${each.name} (${each.rule})\n${formatExplanation(explanation)}`;
      assert.equal(verdictText(decide(input)), each.expect, told);
      assert.deepEqual(explanation.decision, decide(input), told);
    }
  });
}
