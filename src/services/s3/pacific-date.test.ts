import assert from "node:assert/strict";
import { test } from "node:test";
import { pacificDate } from "./pacific-date.js";

test("dates are printed by a clock in Seattle, in winter and in summer", () => {
  assert.equal(pacificDate(new Date("2020-01-01T00:00:00Z")), "Tue Dec 31 16:00:00 PST 2019");
  assert.equal(pacificDate(new Date("2026-07-04T07:00:05Z")), "Sat Jul 04 00:00:05 PDT 2026");
});
