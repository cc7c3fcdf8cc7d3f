import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkConfig,
  isAllowed,
  type ProxyConfig,
  parseConfig,
  withCredential,
  withKey,
  withoutCredential,
  withoutKey,
} from "./config.js";

const FIRST = { accessKeyId: "ABCDEFGHIJKLMNOPQRST", secretAccessKey: "s".repeat(43) };
const SECOND = { accessKeyId: "TSRQPONMLKJIHGFEDCBA", secretAccessKey: "t".repeat(43) };
const THIRD = { accessKeyId: "AAAAAAAAAAAAAAAAAAAA", secretAccessKey: "u".repeat(43) };
const keyArn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const CONFIG: ProxyConfig = {
  version: 1,
  uriPath: "/kms/xks/v1",
  principal: "arn:aws:iam::111122223333:user/xks",
  credentials: [FIRST],
  keys: { a: { keyArn, allow: ["*"] } },
};

test("a configuration reads as it was written", () => {
  assert.deepEqual(parseConfig(JSON.stringify(CONFIG)), CONFIG);
});

test("what is missing, of another type or out of bounds is refused, and no secret is told", () => {
  const bad: unknown[] = [
    "{",
    [],
    { ...CONFIG, version: 2 },
    { ...CONFIG, uriPath: "/xks" },
    { ...CONFIG, uriPath: `/${"a".repeat(128)}/kms/xks/v1` },
    { ...CONFIG, principal: "arn:aws:iam::111122223333:root" },
    { ...CONFIG, principal: 7 },
    { ...CONFIG, credentials: {} },
    { ...CONFIG, credentials: [{ ...FIRST, secretAccessKey: "short" }] },
    { ...CONFIG, credentials: [FIRST, SECOND, THIRD] },
    { ...CONFIG, keys: [] },
    { ...CONFIG, keys: { "..": { keyArn } } },
    { ...CONFIG, keys: { "a b": { keyArn } } },
    { ...CONFIG, keys: { a: { keyArn: "alias/a" } } },
    { ...CONFIG, keys: { a: { keyArn, allow: "*" } } },
    { ...CONFIG, keys: { a: { keyArn, allow: [""] } } },
  ];
  for (const each of bad) {
    const text = typeof each === "string" ? each : JSON.stringify(each);
    assert.throws(
      () => parseConfig(text),
      (thrown: Error) => /xks-proxy\.json/.test(thrown.message) && !/sss|short/.test(thrown.message),
      text,
    );
  }
});

test("a second credential comes before the first goes, and there is no third", () => {
  const both = withCredential(CONFIG, SECOND);
  assert.deepEqual(both.credentials, [FIRST, SECOND]);
  assert.throws(() => withCredential(both, THIRD), /two credentials/);
  assert.deepEqual(withoutCredential(both, FIRST.accessKeyId).credentials, [SECOND]);
  assert.throws(() => withoutCredential(CONFIG, SECOND.accessKeyId), /no credential/);
});

test("keys come and go by their names", () => {
  const two = withKey(CONFIG, "b", { keyArn });
  assert.deepEqual(Object.keys(two.keys), ["a", "b"]);
  assert.deepEqual(Object.keys(withoutKey(two, "a").keys), ["b"]);
  assert.throws(() => withoutKey(CONFIG, "toString"), /no external key/);
  assert.throws(() => withKey(CONFIG, "..", { keyArn }));
  assert.equal(checkConfig(two), two);
});

test("patterns match as a whole, and cost little", () => {
  const allows = (pattern: string, text: string) => isAllowed({ keyArn, allow: [pattern] }, text);
  assert.ok(isAllowed({ keyArn }, "anyone"));
  assert.ok(!isAllowed({ keyArn, allow: [] }, "anyone"));
  for (const [pattern, text] of [
    ["abc", "abc"],
    ["a*", "a"],
    ["*c", "abc"],
    ["a*b*c", "axxbyyc"],
    ["a**c", "ac"],
    ["*", ""],
  ] as const)
    assert.ok(allows(pattern, text), pattern);
  for (const [pattern, text] of [
    ["abc", "abcd"],
    ["a*", "ba"],
    ["a*b", "a"],
    ["ab*bc", "abc"],
    ["a.c", "abc"],
    ["", "a"],
  ] as const)
    assert.ok(!allows(pattern, text), pattern);
  assert.ok(!allows(`${"a*".repeat(128)}b`, "a".repeat(2048)));
});
