import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { AwsError, isAwsError } from "../../base/index.js";
import { callOperation, roleCaller, testBody, testContext } from "../../kit/testing.js";
import { CHECKSUMS, type Hasher } from "./checksums.js";
import { BUCKET, customerHeaders, KEY_ARN, KEY_ID, s3House } from "./testing.js";

const rules = { newBucketsBlockSseC: false, customerKeysNeedTls: false };
const house = await s3House({ rules });
after(() => house.close());

const MAY = ["s3:GetObject", "s3:GetObjectVersion"];
/** As a batch job does it for one task. */
const compute = (Key: string, algorithm: string, type = "FULL_OBJECT", actions = MAY, more: object = {}) => {
  const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
  const caller = roleCaller("batch", "s3-batch-1", [{ Version: "2012-10-17", Statement }]);
  const input = { Bucket: BUCKET, Key, ChecksumAlgorithm: algorithm, ChecksumType: type, ...more };
  return callOperation(house.service.computeChecksum, testContext({ caller }), input);
};
const is = (code: string) => (thrown: unknown) => isAwsError(thrown, code);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

test("the checksum is that of the plaintext, in every mode that is read, and nothing is kept of it", async () => {
  const body = Buffer.alloc(200_001, "text ");
  for (const [at, mode] of [
    {},
    { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID },
    { ServerSideEncryption: "aws:kms:dsse", SSEKMSKeyId: KEY_ID },
  ].entries()) {
    const { ETag } = await house.put(BUCKET, `mode-${at}`, body, { ...mode, ChecksumAlgorithm: "CRC32" });
    const told = await compute(`mode-${at}`, "SHA256");
    assert.deepEqual(told, {
      ETag: ETag?.replaceAll('"', ""),
      ChecksumAlgorithm: "SHA256",
      ChecksumType: "FULL_OBJECT",
      Checksum: sha256(body).toString("base64"),
    });
    const head = await house.call("HeadObject", { Bucket: BUCKET, Key: `mode-${at}`, ChecksumMode: "ENABLED" });
    assert.equal(head["ChecksumSHA256"], undefined);
  }
  await house.put(BUCKET, "empty", "");
  assert.equal((await compute("empty", "MD5"))["Checksum"], createHash("md5").digest("base64"));
});

test("of an object of parts the whole is summed, or the sums of its parts, as S3 sums them itself", async () => {
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from("end")];
  const parts = async (Key: string, ChecksumAlgorithm: "SHA256" | "CRC32C", ChecksumType: string) => {
    const member = `Checksum${ChecksumAlgorithm}`;
    const begun = { Bucket: BUCKET, Key, ChecksumAlgorithm, ChecksumType };
    const { UploadId } = await house.call("CreateMultipartUpload", begun);
    const Parts: object[] = [];
    for (const [at, body] of bodies.entries()) {
      const sum: Hasher = CHECKSUMS[ChecksumAlgorithm].make();
      sum.update(body);
      const given = { PartNumber: at + 1, [member]: sum.digest().toString("base64") };
      const { ETag } = await house.call(
        "UploadPart",
        { Bucket: BUCKET, Key, UploadId, ...given },
        { body: testBody([body]) },
      );
      Parts.push({ ...given, ETag });
    }
    const whole = { Bucket: BUCKET, Key, UploadId, MultipartUpload: { Parts } };
    return (await house.call("CompleteMultipartUpload", whole))[member];
  };
  const composite = await parts("composite", "SHA256", "COMPOSITE");
  assert.equal((await compute("composite", "SHA256", "COMPOSITE"))["Checksum"], composite);
  assert.match(String(composite), /-2$/);
  assert.equal((await compute("composite", "SHA256"))["Checksum"], sha256(Buffer.concat(bodies)).toString("base64"));
  const full = await parts("full", "CRC32C", "FULL_OBJECT");
  assert.equal((await compute("full", "CRC32C"))["Checksum"], full);
  await house.put(BUCKET, "one", "x");
  const one = await compute("one", "SHA256", "COMPOSITE");
  assert.deepEqual(
    [one["ChecksumType"], one["Checksum"]],
    ["FULL_OBJECT", sha256(Buffer.from("x")).toString("base64")],
    "what was not uploaded in parts has no sum of sums",
  );
});

test("what the role may not read is not summed, nor what nobody's key here opens", async () => {
  await house.put(BUCKET, "customers", "x", customerHeaders(Buffer.alloc(32, 7)));
  await assert.rejects(compute("customers", "SHA256"), is("InvalidRequest"));
  await assert.rejects(compute("none", "SHA256", "FULL_OBJECT", [...MAY, "s3:ListBucket"]), is("NoSuchKey"));
  await house.put(BUCKET, "kms", "x", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  await assert.rejects(compute("kms", "SHA256", "FULL_OBJECT", ["s3:ListBucket"]), { name: "Denied" });
  house.keys.refusal = new AwsError("DisabledException", `${KEY_ARN} is disabled.`);
  await assert.rejects(compute("kms", "SHA256"), is("KMS.DisabledException"));
  house.keys.refusal = undefined;
  await house.put(BUCKET, "archived", "cold", { StorageClass: "GLACIER" });
  await assert.rejects(compute("archived", "SHA256"), { name: "Denied" });
  const told = await compute("archived", "SHA256", "FULL_OBJECT", [...MAY, "s3:RestoreObject"]);
  assert.equal(told["Checksum"], sha256(Buffer.from("cold")).toString("base64"));
  const head = await house.call("HeadObject", { Bucket: BUCKET, Key: "archived" });
  assert.equal(head["Restore"], undefined, "it stays archived");
});

test("a changed byte is an error and no checksum", async () => {
  await house.put(BUCKET, "damaged", "x");
  await house.database.write((tx) =>
    tx.run(
      `UPDATE pieces SET sealed = zeroblob(length(sealed))
       WHERE body_id = (SELECT body_id FROM objects WHERE key = ?)`,
      Buffer.from("damaged"),
    ),
  );
  await assert.rejects(compute("damaged", "SHA256"), { name: "BrokenSeal" });
});
