import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { AwsError, isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { testBody, userCaller } from "../../../kit/testing.js";
import { makeCrc64Nvme } from "../crc.js";
import { type Answer, BUCKET, KEY_ID, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const PART = Buffer.alloc(5 * 1024 * 1024, "part");
const code = (name: string, message?: RegExp) => (thrown: unknown) =>
  isAwsError(thrown, name) && (message === undefined || message.test(thrown.message));
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();

async function begin(Key: string, input: object = {}): Promise<string> {
  return String((await house.call<Answer>("CreateMultipartUpload", { Bucket: BUCKET, Key, ...input }))["UploadId"]);
}

const upload = (Key: string, UploadId: string, PartNumber: number, bytes: Uint8Array | string, input: object = {}) =>
  house.call<Answer>(
    "UploadPart",
    { Bucket: BUCKET, Key, UploadId, PartNumber, ...input },
    { body: testBody([Buffer.from(bytes)]) },
  );

const complete = (Key: string, UploadId: string, Parts: object[], input: object = {}) =>
  house.call<Answer>("CompleteMultipartUpload", {
    Bucket: BUCKET,
    Key,
    UploadId,
    MultipartUpload: { Parts },
    ...input,
  });

test("two parts become one object, with the ETag and checksum of the whole, and ranges across them", async () => {
  const UploadId = await begin("two");
  const one = await upload("two", UploadId, 1, PART);
  const two = await upload("two", UploadId, 2, "end");
  assert.equal(two["ServerSideEncryption"], "AES256");
  const answer = await complete("two", UploadId, [
    { PartNumber: 1, ETag: one.ETag },
    { PartNumber: 2, ETag: two.ETag },
  ]);
  const whole = Buffer.concat([PART, Buffer.from("end")]);
  const joined = Buffer.concat([md5(PART), md5(Buffer.from("end"))]);
  assert.equal(answer.ETag, `"${md5(joined).toString("hex")}-2"`);
  const crc = makeCrc64Nvme();
  crc.update(whole);
  assert.equal(answer["ChecksumCRC64NVME"], crc.digest().toString("base64"));
  assert.equal(answer["ChecksumType"], "FULL_OBJECT");
  assert.ok((await house.get(BUCKET, "two")).text.equals(whole));
  const across = await house.get(BUCKET, "two", { Range: `bytes=${PART.length - 4}-${PART.length + 1}` });
  assert.equal(across.text.toString(), "parten");
  const part = await house.get(BUCKET, "two", { PartNumber: 2, ChecksumMode: "ENABLED" });
  assert.equal(part.text.toString(), "end");
  assert.equal(part["ChecksumCRC64NVME"], undefined, "the sum of all bytes is not the part's");
  assert.equal(part["PartsCount"], 2);
  assert.equal(part["ContentRange"], `bytes ${PART.length}-${PART.length + 2}/${whole.length}`);
  await assert.rejects(house.get(BUCKET, "two", { PartNumber: 3 }), code("InvalidPartNumber"));
  await assert.rejects(complete("two", UploadId, [{ PartNumber: 1, ETag: one.ETag }]), code("NoSuchUpload"));
});

test("parts that are missing, changed, out of order, too small or none are refused, and the upload goes on", async () => {
  const UploadId = await begin("wrong");
  const one = await upload("wrong", UploadId, 1, "tiny");
  const two = await upload("wrong", UploadId, 2, "end");
  const parts = [
    { PartNumber: 1, ETag: one.ETag },
    { PartNumber: 2, ETag: two.ETag },
  ];
  await assert.rejects(complete("wrong", UploadId, []), code("InvalidRequest", /at least one part/));
  await assert.rejects(complete("wrong", UploadId, [parts[1]!, parts[0]!]), code("InvalidPartOrder"));
  await assert.rejects(complete("wrong", UploadId, [parts[0]!, parts[0]!]), code("InvalidPartOrder"));
  await assert.rejects(complete("wrong", UploadId, [{ PartNumber: 3, ETag: one.ETag }]), code("InvalidPart"));
  await assert.rejects(complete("wrong", UploadId, [{ PartNumber: 1, ETag: two.ETag }]), code("InvalidPart"));
  await assert.rejects(complete("wrong", UploadId, parts), (thrown) => {
    assert.ok(isAwsError(thrown, "EntityTooSmall"));
    assert.deepEqual(thrown.fields, {
      ProposedSize: "4",
      MinSizeAllowed: "5242880",
      PartNumber: "1",
      ETag: String(one.ETag).slice(1, -1),
    });
    return true;
  });
  await assert.rejects(
    complete("wrong", UploadId, [parts[0]!], { MpuObjectSize: 5 }),
    code("InvalidRequest", /value 5 does not match.*computed: 4/),
  );
  await assert.rejects(
    complete(
      "wrong",
      UploadId,
      Array.from({ length: 10_001 }, (_, n) => ({ PartNumber: n + 1, ETag: "x" })),
    ),
    code("MalformedXML"),
  );
  for (const part of [{ PartNumber: 1 }, { ETag: one.ETag }, {}])
    await assert.rejects(complete("wrong", UploadId, [part]), code("MalformedXML"));
  await complete("wrong", UploadId, [parts[0]!], { MpuObjectSize: 4 });
  assert.equal((await house.get(BUCKET, "wrong")).text.toString(), "tiny");
});

test("part numbers are 1 to 10,000, and an upload belongs to its key", async () => {
  const UploadId = await begin("numbers");
  for (const number of [0, -1, 10_001, 1.5]) {
    await assert.rejects(upload("numbers", UploadId, number, "x"), code("InvalidArgument"));
  }
  await upload("numbers", UploadId, 10_000, "x");
  await assert.rejects(upload("other", UploadId, 1, "x"), code("NoSuchUpload"));
  await assert.rejects(upload("numbers", "fakeid", 1, "x"), code("NoSuchUpload"));
  await assert.rejects(
    upload("numbers", UploadId, 1, "x", { SSECustomerAlgorithm: "AES256" }),
    code("InvalidRequest", /Subsequent part requests/),
  );
});

test("a part put again takes the place of the first, and unnamed parts are dropped with their blobs", async () => {
  const before = (await house.blobNames()).length;
  const UploadId = await begin("again");
  await upload("again", UploadId, 1, PART);
  const again = await upload("again", UploadId, 1, Buffer.concat([PART, PART.subarray(0, 10)]));
  await upload("again", UploadId, 2, PART);
  assert.equal((await house.blobNames()).length, before + 2);
  await complete("again", UploadId, [{ PartNumber: 1, ETag: again.ETag }]);
  assert.equal((await house.blobNames()).length, before + 1);
  assert.equal((await house.get(BUCKET, "again"))["ContentLength"], PART.length + 10);
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "again" });
  assert.equal((await house.blobNames()).length, before);
});

test("an aborted upload leaves nothing and is gone", async () => {
  const before = await house.blobNames();
  const UploadId = await begin("abort");
  await upload("abort", UploadId, 1, PART);
  await house.call("AbortMultipartUpload", { Bucket: BUCKET, Key: "abort", UploadId });
  assert.deepEqual(await house.blobNames(), before);
  await assert.rejects(upload("abort", UploadId, 2, "x"), code("NoSuchUpload"));
  await assert.rejects(
    house.call("AbortMultipartUpload", { Bucket: BUCKET, Key: "abort", UploadId }),
    code("NoSuchUpload"),
  );
  await assert.rejects(house.get(BUCKET, "abort"), code("NoSuchKey"));
});

test("a part that comes after the abort leaves nothing", async () => {
  const before = await house.blobNames();
  const UploadId = await begin("late");
  const slow = testBody([PART, PART]);
  const body = {
    ...slow,
    async *[Symbol.asyncIterator]() {
      yield* slow;
      await house.call("AbortMultipartUpload", { Bucket: BUCKET, Key: "late", UploadId });
    },
  };
  await assert.rejects(
    house.call("UploadPart", { Bucket: BUCKET, Key: "late", UploadId, PartNumber: 1 }, { body }),
    code("NoSuchUpload"),
  );
  assert.deepEqual(await house.blobNames(), before);
});

test("under KMS each step uses the key, and a switched-off key stops the completion", async () => {
  const before = house.keys.calls.length;
  const UploadId = await begin("kms", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  const one = await upload("kms", UploadId, 1, "x");
  house.keys.refusal = new AwsError("DisabledException", "it is disabled.");
  const parts = [{ PartNumber: 1, ETag: one.ETag }];
  await assert.rejects(complete("kms", UploadId, parts), code("KMS.DisabledException"));
  await house.call("ListParts", { Bucket: BUCKET, Key: "kms", UploadId });
  house.keys.refusal = undefined;
  const answer = await complete("kms", UploadId, parts);
  assert.match(String(answer.ETag), /^"[0-9a-f]{32}-1"$/);
  assert.notEqual(answer.ETag, `"${md5(md5(Buffer.from("x"))).toString("hex")}-1"`);
  const operations = house.keys.calls.slice(before).map((call) => call.operation);
  assert.deepEqual(operations, ["GenerateDataKey", "Decrypt", "Decrypt", "Decrypt"]);
  assert.equal((await house.get(BUCKET, "kms")).text.toString(), "x");
});

test("composite checksums ask for each part's checksum, full-object ones for the whole's", async () => {
  const UploadId = await begin("sha", { ChecksumAlgorithm: "SHA256" });
  await assert.rejects(
    upload("sha", UploadId, 1, "x", { ChecksumCRC32: "AAAAAA==" }),
    code("InvalidRequest", /expected checksum Type: sha256, actual checksum Type: crc32/),
  );
  const one = await upload("sha", UploadId, 1, "x", { ChecksumSHA256: sha256("x") });
  assert.equal(one["ChecksumSHA256"], sha256("x"));
  const part = { PartNumber: 1, ETag: one.ETag };
  await assert.rejects(complete("sha", UploadId, [part]), code("InvalidRequest", /missing for part 1 in the request/));
  await assert.rejects(
    complete("sha", UploadId, [part], { ChecksumType: "FULL_OBJECT" }),
    code("InvalidRequest", /using the COMPOSITE checksum mode/),
  );
  await assert.rejects(
    complete("sha", UploadId, [{ ...part, ChecksumSHA256: sha256("y") }]),
    code("BadDigest", /^The sha256 you specified for part 1 did not match what we received\.$/),
  );
  const named = [{ ...part, ChecksumSHA256: sha256("x") }];
  await assert.rejects(
    complete("sha", UploadId, named, { ChecksumType: "FULL_OBJECT" }),
    code("InvalidRequest", /using the COMPOSITE checksum mode/),
  );
  const answer = await complete("sha", UploadId, named);
  assert.equal(
    answer["ChecksumSHA256"],
    `${createHash("sha256")
      .update(Buffer.from(sha256("x"), "base64"))
      .digest("base64")}-1`,
  );
  const attributes = await house.call<Answer>("GetObjectAttributes", {
    Bucket: BUCKET,
    Key: "sha",
    ObjectAttributes: ["ObjectParts", "Checksum"],
  });
  const parts = attributes["ObjectParts"] as { TotalPartsCount: number; Parts: object[] }; // two attributes were asked for
  assert.deepEqual(parts.Parts, [{ PartNumber: 1, Size: 1, ChecksumSHA256: sha256("x") }]);

  const full = await begin("crc", { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" });
  const only = await upload("crc", full, 1, "x");
  await assert.rejects(
    complete("crc", full, [{ PartNumber: 1, ETag: only.ETag }], { ChecksumCRC32C: "AAAAAA==" }),
    code("BadDigest", /^The crc32c you specified did not match the calculated checksum\.$/),
  );
});

test("where nobody asked for a checksum, a part's of another algorithm is of no part, and no mode is the right one", async () => {
  const UploadId = await begin("unasked");
  const one = await upload("unasked", UploadId, 1, "x", { ChecksumSHA256: sha256("x") });
  const part = { PartNumber: 1, ETag: one.ETag };
  await assert.rejects(complete("unasked", UploadId, [{ ...part, ChecksumSHA256: sha256("x") }]), code("InvalidPart"));
  for (const ChecksumType of ["COMPOSITE", "FULL_OBJECT"]) {
    await assert.rejects(
      complete("unasked", UploadId, [part], { ChecksumType }),
      code("InvalidRequest", /created using the null checksum mode/),
    );
  }
  assert.equal((await complete("unasked", UploadId, [part]))["ChecksumType"], "FULL_OBJECT");
});

test("conditional completion", async () => {
  const put = await house.put(BUCKET, "cond", "1");
  const UploadId = await begin("cond");
  const one = await upload("cond", UploadId, 1, "x");
  const parts = [{ PartNumber: 1, ETag: one.ETag }];
  await assert.rejects(complete("cond", UploadId, parts, { IfNoneMatch: "*" }), code("PreconditionFailed"));
  await assert.rejects(complete("cond", UploadId, parts, { IfMatch: '"other"' }), code("PreconditionFailed"));
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "cond" });
  await assert.rejects(complete("cond", UploadId, parts, { IfMatch: put.ETag }), code("NoSuchKey"));
  await assert.rejects(complete("cond", UploadId, parts, { IfNoneMatch: "*" }), code("ConditionalRequestConflict"));
  await complete("cond", UploadId, parts);
});

test("who may not put may not upload, list or abort", async () => {
  const UploadId = await begin("mine");
  const nobody = { caller: userCaller("nobody") };
  const input = { Bucket: BUCKET, Key: "mine", UploadId, PartNumber: 1 };
  for (const name of [
    "UploadPart",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "ListParts",
    "CreateMultipartUpload",
  ]) {
    await assert.rejects(house.call(name, input, nobody), Denied, name);
  }
});

test("a policy asks conditions of what creates an object alone", async () => {
  const Condition = { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } };
  const Resource = `arn:aws:s3:::${BUCKET}/*`;
  const caller = userCaller("careful", [
    {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "s3:PutObject", Resource },
        { Effect: "Deny", Action: "s3:PutObject", Resource, Condition },
      ],
    },
  ]);
  const place = { Bucket: BUCKET, Key: "careful" };
  const parts = { caller, body: testBody([Buffer.from("x")]) };
  const { UploadId } = await house.call<Answer>("CreateMultipartUpload", place, { caller });
  const { ETag } = await house.call<Answer>("UploadPart", { ...place, UploadId, PartNumber: 1 }, parts);
  const done = { ...place, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
  await assert.rejects(house.call("CompleteMultipartUpload", done, { caller }), Denied);
  await assert.rejects(house.call("PutObject", place, parts), Denied);
  const headers = { "if-none-match": "*" };
  await house.call("CompleteMultipartUpload", { ...done, IfNoneMatch: "*" }, { caller, headers });
});
