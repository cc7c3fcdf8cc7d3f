import assert from "node:assert/strict";
import { test } from "node:test";
import { contextBytes, contextValue } from "./encryption-context.js";

test("half a surrogate pair is refused, a whole one is text like any other", () => {
  const all: Record<string, string>[] = [{ a: "\ud800" }, { "\udc00": "b" }, { a: "x\udfff\ud800" }];
  for (const broken of all) assert.throws(() => contextBytes(broken), { code: "ValidationException" });
  assert.ok(contextBytes({ a: "\ud83d\ude00" }).length > 0);
});

test("order does not matter, none and empty are the same, and there is an end to it", () => {
  assert.deepEqual(contextBytes({ a: "1", b: "2" }), contextBytes({ b: "2", a: "1" }));
  assert.notDeepEqual(contextBytes({ a: "1" }), contextBytes({ a: "2" }));
  assert.deepEqual(contextBytes(undefined), contextBytes({}));
  assert.throws(() => contextBytes({ a: "x".repeat(9000) }), { code: "ValidationException" });
});

test("policies find a pair by its name without regard to case", () => {
  assert.equal(contextValue({ Team: "A" }, "kms:encryptioncontext:team"), "A");
  assert.equal(contextValue({ Team: "A" }, "kms:encryptioncontext:other"), undefined);
  assert.deepEqual(contextValue({ Team: "A" }, "kms:encryptioncontextkeys"), ["Team"]);
  assert.equal(contextValue({}, "kms:encryptioncontextkeys"), undefined);
});
