import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccountId, isAwsError } from "../../base/index.js";
import { canonicalUserId, checkBucketName, checkKey, parseCopySource } from "./names.js";

const REFUSED = [
  "ab",
  "A-bucket",
  "has_underscore",
  "-a-",
  "a..b",
  "192.168.0.1",
  "x".repeat(64),
  "xn--abc",
  "abc-s3alias",
  "a b",
  "abc-",
];
for (const name of REFUSED) {
  test(`"${name}" is no bucket name`, () =>
    assert.throws(
      () => checkBucketName(name),
      (thrown) => isAwsError(thrown, "InvalidBucketName"),
    ));
}

for (const name of ["abc", "my.bucket-1", "0x0", "x".repeat(63), "1.2.3.4.5"]) {
  test(`"${name}" is a bucket name`, () => checkBucketName(name));
}

test("a key has at most 1,024 bytes, not letters", () => {
  checkKey("ü".repeat(512));
  assert.throws(
    () => checkKey("ü".repeat(513)),
    (thrown) => isAwsError(thrown, "KeyTooLongError"),
  );
});

test("copy sources are decoded once, with or without a slash before them", () => {
  assert.deepEqual(parseCopySource("/b/a%20b/c%2Bd?versionId=null"), {
    bucket: "b",
    key: "a b/c+d",
    versionId: "null",
  });
  assert.deepEqual(parseCopySource("b/k%2520"), { bucket: "b", key: "k%20", versionId: undefined });
  for (const bad of ["", "bucket", "bucket/", "/bucket/", "b/%E0%A4%A"]) {
    assert.throws(
      () => parseCopySource(bad),
      (thrown) => isAwsError(thrown, "InvalidArgument"),
    );
  }
});

test("canonical ids tell accounts apart", () => {
  const [a, b] = ["111122223333", "444455556666"] as [AccountId, AccountId]; // twelve digits
  assert.match(canonicalUserId(a), /^[0-9a-f]{64}$/);
  assert.notEqual(canonicalUserId(a), canonicalUserId(b));
});
