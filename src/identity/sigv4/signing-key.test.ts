import assert from "node:assert/strict";
import { test } from "node:test";
import { heldSigner, isSignature, signature, signingKey } from "./signing-key.js";

const SCOPE = { date: "20260101", region: "us-east-1", service: "kms", terminator: "aws4_request" };
const PRESENTED = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  scope: SCOPE,
  scopeText: "20260101/us-east-1/kms/aws4_request",
};
const GOOD = "0123456789abcdef".repeat(4);

test("only the very characters are a signature", () => {
  assert.ok(isSignature(GOOD, GOOD));
  const others = ["", GOOD.slice(1), `${GOOD}0`, GOOD.toUpperCase(), `${GOOD.slice(0, -1)}e`, `1${GOOD.slice(1)}`];
  for (const other of others) assert.equal(isSignature(GOOD, other), false, other);
});

test("characters whose low byte is right are not", () => {
  for (let at = 0; at < GOOD.length; at += 1) {
    const wide = String.fromCharCode(GOOD.charCodeAt(at) + 0x100);
    assert.equal(isSignature(GOOD, GOOD.slice(0, at) + wide + GOOD.slice(at + 1)), false);
  }
  assert.equal(isSignature(GOOD, `${GOOD.slice(0, -2)}\u{1f511}`), false);
});

test("a held key is the derived key, one for each scope and holder", () => {
  const [one, other] = [{}, {}];
  const sign = (holder: object, presented: typeof PRESENTED, secret: string) =>
    signature(heldSigner(holder, presented, secret), "text");
  const derived = (scope: typeof SCOPE, secret: string) =>
    signature(signingKey(PRESENTED.accessKeyId, scope, secret), "text");
  assert.equal(sign(one, PRESENTED, "first"), derived(SCOPE, "first"));
  assert.equal(sign(one, PRESENTED, "first"), derived(SCOPE, "first"));
  assert.equal(sign(other, PRESENTED, "second"), derived(SCOPE, "second"));
  const tomorrow = { ...SCOPE, date: "20260102" };
  const presented = { ...PRESENTED, scope: tomorrow, scopeText: "20260102/us-east-1/kms/aws4_request" };
  assert.equal(sign(one, presented, "first"), derived(tomorrow, "first"));
  assert.notEqual(derived(tomorrow, "first"), derived(SCOPE, "first"));
});
