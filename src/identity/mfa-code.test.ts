import assert from "node:assert/strict";
import { test } from "node:test";
import { base32, stepAt, stepOfCode, totpCode } from "./mfa-code.js";

const SEED = Buffer.from("12345678901234567890");

test("codes are those of RFC 6238, appendix B", () => {
  const rows: [number, string][] = [
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ];
  for (const [seconds, code] of rows) assert.equal(totpCode(SEED, stepAt(seconds * 1000)), code);
});

test("a code counts one step around now, and never twice", () => {
  const now = 1_234_567_890_000;
  const step = stepAt(now);
  const found = (at: number, after = 0) => stepOfCode(SEED, totpCode(SEED, at), now, { after });
  assert.deepEqual([found(step - 1), found(step), found(step + 1)], [step - 1, step, step + 1]);
  assert.deepEqual([found(step - 2), found(step + 2)], [undefined, undefined]);
  assert.equal(found(step, step), undefined);
  assert.equal(stepOfCode(SEED, "12345", now, { after: 0 }), undefined);
});

test("base 32 is RFC 4648's", () => {
  assert.equal(base32(SEED), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
});
