import assert from "node:assert/strict";
import { test } from "node:test";
import { getScrubReport } from "./get-scrub-report.js";

test("looking changes nothing; who may look is told in start-scrub.test.ts", () => {
  const ports = {} as Parameters<typeof getScrubReport>[0]; // not used before it runs
  assert.equal(getScrubReport(ports).readOnly, true);
});
