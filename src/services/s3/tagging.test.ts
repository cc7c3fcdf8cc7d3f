import assert from "node:assert/strict";
import { test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { parseTaggingHeader, parseTagSet } from "./tagging.js";

const refusedWith = (code: string, message: RegExp) => (thrown: unknown) =>
  isAwsError(thrown, code) && message.test(thrown.message);

test("a tag set is refused for what it holds", () => {
  const tag = (Key: string, Value = "v") => ({ Key, Value });
  assert.throws(() => parseTagSet([{ Key: "k" }], "object"), refusedWith("MalformedXML", /./));
  assert.throws(() => parseTagSet([tag("k"), tag("k")], "object"), refusedWith("InvalidTag", /same key/));
  assert.throws(() => parseTagSet([tag("a,b")], "bucket"), refusedWith("InvalidTag", /TagKey/));
  assert.throws(() => parseTagSet([tag("k", "a,b")], "bucket"), refusedWith("InvalidTag", /TagValue/));
  assert.throws(() => parseTagSet([tag("aws:x")], "bucket"), refusedWith("InvalidTag", /System tags/));
  assert.throws(() => parseTagSet([tag("aws:x")], "object"), refusedWith("InvalidTag", /cannot be prefixed with aws:/));
  const eleven = Array.from({ length: 11 }, (_, n) => tag(`k${n}`));
  assert.throws(() => parseTagSet(eleven, "object"), refusedWith("InvalidTag", /greater than 10/));
  assert.equal(parseTagSet(eleven, "bucket").length, 11);
  assert.deepEqual(parseTagSet([tag("k", "")], "object"), [{ Key: "k", Value: "" }]);
});

test("the tagging header is a URL query without duplicates", () => {
  for (const bad of ["key1=val1&key1=val2", "key1=val1,key2=val2", "a=b=c", "=x", "k=%E0%A4%A"]) {
    assert.throws(() => parseTaggingHeader(bad), refusedWith("InvalidArgument", /x-amz-tagging/));
  }
  assert.deepEqual(parseTaggingHeader("a+b=c%2Fd&e"), [
    { Key: "a b", Value: "c/d" },
    { Key: "e", Value: "" },
  ]);
  assert.deepEqual(parseTaggingHeader("a&&&b&"), [
    { Key: "a", Value: "" },
    { Key: "b", Value: "" },
  ]);
  assert.deepEqual(parseTaggingHeader(undefined), []);
});
