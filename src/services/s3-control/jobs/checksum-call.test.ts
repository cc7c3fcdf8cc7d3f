import assert from "node:assert/strict";
import { test } from "node:test";
import { checksumCall } from "./checksum-call.js";

const task = { bucket: "b", key: "k", versionId: "v" };

test("without a word it is the CRC of the whole", () => {
  const { operation, input } = checksumCall({})(task);
  assert.equal(operation, "ComputeObjectChecksum");
  const asked = { ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" };
  assert.deepEqual(input, { Bucket: "b", Key: "k", VersionId: "v", ...asked });
});

test("a report tells a checksum as AWS's own reports do", () => {
  const { report } = checksumCall({ ChecksumAlgorithm: "CRC32" })(task);
  const output = { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT", ETag: "3c3c", Checksum: "bS9TOQ==" };
  const line = `{"checksum_base64":"bS9TOQ\\u003d\\u003d","etag":"3c3c","checksumAlgorithm":"CRC32","checksumType":"FULL_OBJECT","checksum_hex":"6D2F5339"}`;
  assert.equal(report?.succeeded(output), line);
  const parts = JSON.parse(report?.succeeded({ ...output, ChecksumType: "COMPOSITE", Checksum: "bS9TOQ==-2" }) ?? "");
  assert.deepEqual([parts.checksum_base64, parts.checksum_hex], ["bS9TOQ==-2", "6D2F5339"]);
});

test("what failed is told with its status inside, and a task's id", () => {
  const { report } = checksumCall({})(task);
  const told = (status: number, message = "said S3") => report?.failed({ code: "Code", status, message }, "id");
  const line = (failureMessage: string, errorCode: string) => ({
    status: 200,
    code: "PermanentFailure",
    message: `error details: ${JSON.stringify({ failureMessage: `Task id ${failureMessage}`, errorCode })}`,
  });
  assert.deepEqual(told(404), line("Key not found", "404"));
  assert.deepEqual(told(503), line("Internal server error, please retry", "503"));
  assert.deepEqual(told(403), line("said S3", "403"));
});
