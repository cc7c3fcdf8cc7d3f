import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { isAwsError } from "../../base/index.js";
import {
  ALGORITHMS,
  CHECKSUMS,
  checksumOfParts,
  expectedChecksum,
  multipartType,
  parseAlgorithm,
  verifyChecksum,
} from "./checksums.js";

const refusedWith = (code: string, message: string) => (thrown: unknown) =>
  isAwsError(thrown, code) && thrown.message === message;

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

test("two checksums in one request are one too many", () => {
  const tooMany = refusedWith(
    "InvalidRequest",
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
  );
  assert.throws(() => expectedChecksum({ ChecksumCRC32: "AAAAAA==", ChecksumSHA256: sha256("") }, {}), tooMany);
  assert.throws(
    () => expectedChecksum({ ChecksumCRC32: "AAAAAA==" }, { "x-amz-trailer": "x-amz-checksum-sha1" }),
    tooMany,
  );
});

test("a checksum that is not base64 of its length is refused before the body is read", () => {
  for (const bad of ["test", "", "AAAA", `${sha256("")} `]) {
    assert.throws(
      () => expectedChecksum({ ChecksumSHA256: bad }, {}),
      refusedWith("InvalidRequest", "Value for x-amz-checksum-sha256 header is invalid."),
    );
  }
});

test("an announced checksum has to come, in a header or a trailer", () => {
  const announced = { "x-amz-sdk-checksum-algorithm": "SHA256" };
  assert.throws(() => expectedChecksum({}, announced), /no corresponding x-amz-checksum-\* or x-amz-trailer/);
  assert.equal(expectedChecksum({ ChecksumSHA256: sha256("") }, announced)?.value, sha256(""));
  assert.ok(expectedChecksum({}, { ...announced, "x-amz-trailer": "x-amz-checksum-sha256" }));
});

test("a wrong value is a bad digest, in header and trailer; a missing trailer is invalid", () => {
  const wrong = refusedWith("BadDigest", "The SHA256 you specified did not match the calculated checksum.");
  const inHeader = expectedChecksum({ ChecksumSHA256: sha256("a") }, {})!;
  assert.throws(() => verifyChecksum(inHeader, sha256("b"), {}), wrong);
  verifyChecksum(inHeader, sha256("a"), {});
  const inTrailer = expectedChecksum({}, { "x-amz-trailer": " X-Amz-Checksum-SHA256 " })!;
  assert.throws(() => verifyChecksum(inTrailer, sha256("b"), { "x-amz-checksum-sha256": sha256("a") }), wrong);
  assert.throws(
    () => verifyChecksum(inTrailer, sha256("a"), {}),
    (thrown) => isAwsError(thrown, "InvalidRequest"),
  );
  verifyChecksum(inTrailer, sha256("a"), { "x-amz-checksum-sha256": sha256("a") });
});

test("unknown algorithms are named as unsupported", () => {
  assert.throws(() => parseAlgorithm("TEST"), /\[CRC32, CRC32C, CRC64NVME, SHA1, SHA256\]/);
  assert.throws(() => parseAlgorithm("__proto__"), /unsupported/);
  assert.equal(parseAlgorithm("crc32c"), "CRC32C");
});

test("CRC64NVME has no composite type, the hashes no full-object type", () => {
  assert.throws(
    () => multipartType("CRC64NVME", "COMPOSITE"),
    refusedWith("InvalidRequest", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm."),
  );
  assert.throws(
    () => multipartType("SHA256", "FULL_OBJECT"),
    (thrown) => isAwsError(thrown, "InvalidRequest"),
  );
  assert.deepEqual(
    ALGORITHMS.map((name) => multipartType(name, undefined)),
    ["COMPOSITE", "COMPOSITE", "FULL_OBJECT", ...Array.from({ length: 7 }, () => "COMPOSITE")],
  );
});

test("a composite checksum is the check of the parts' checks and names their count", () => {
  const parts = ["aa", "b"].map((text) => ({ value: sha256(text), bytes: text.length }));
  const raw = Buffer.concat(parts.map((part) => Buffer.from(part.value, "base64")));
  const expected = `${createHash("sha256").update(raw).digest("base64")}-2`;
  assert.deepEqual(checksumOfParts("SHA256", "COMPOSITE", parts), {
    algorithm: "SHA256",
    type: "COMPOSITE",
    value: expected,
  });
});

test("a full-object checksum is that of the joined parts", () => {
  for (const name of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
    const crcOf = (text: string) => {
      const crc = CHECKSUMS[name].make();
      crc.update(Buffer.from(text));
      return crc.digest().toString("base64");
    };
    const parts = ["one", "", "three"].map((text) => ({ value: crcOf(text), bytes: text.length }));
    assert.equal(checksumOfParts(name, "FULL_OBJECT", parts).value, crcOf("onethree"));
  }
});
