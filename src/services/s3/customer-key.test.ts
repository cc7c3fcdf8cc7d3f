import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { testBody } from "../../kit/testing.js";
import { BUCKET, customerHeaders, type S3House, s3House } from "./testing.js";

let house: S3House;
before(async () => {
  house = await s3House({ rules: { newBucketsBlockSseC: false, customerKeysNeedTls: false } });
});
after(() => house.close());

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("base64");
const headers = customerHeaders;
const asSource = (bytes: Buffer) => ({
  CopySourceSSECustomerAlgorithm: "AES256",
  CopySourceSSECustomerKey: bytes.toString("base64"),
  CopySourceSSECustomerKeyMD5: md5(bytes),
});
const KEY = Buffer.from("1234567890abcdef1234567890abcdef");
const OTHER = Buffer.from("abcdef1234567890abcdef1234567890");

const refused = (code: string, message: string, status: number) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown, code), String(thrown));
  assert.equal(thrown.message, message);
  assert.equal(thrown.status, status);
  return true;
};
const WITH = "Requests specifying Server Side Encryption with Customer provided keys must";
const WRONG = refused("AccessDenied", `${WITH} provide the correct secret key.`, 403);
const NEEDED = refused(
  "InvalidRequest",
  "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
  400,
);
const NOT_APPLICABLE = refused("InvalidRequest", "The encryption parameters are not applicable to this object.", 400);

test("an object under a customer's key is read with that key alone", async () => {
  const put = await house.put(BUCKET, "secret", "body of a customer", headers(KEY));
  assert.deepEqual(
    [put["SSECustomerAlgorithm"], put["SSECustomerKeyMD5"], put["ServerSideEncryption"], put["SSECustomerKey"]],
    ["AES256", md5(KEY), undefined, undefined],
  );
  const got = await house.get(BUCKET, "secret", headers(KEY));
  assert.equal(got.text.toString(), "body of a customer");
  assert.deepEqual([got["SSECustomerKeyMD5"], got["ServerSideEncryption"]], [md5(KEY), undefined]);
  const ranged = await house.get(BUCKET, "secret", { ...headers(KEY), Range: "bytes=5-6" });
  assert.equal(ranged.text.toString(), "of");
  await assert.rejects(house.get(BUCKET, "secret"), NEEDED);
  await assert.rejects(house.get(BUCKET, "secret", headers(OTHER)), WRONG);
});

test("HEAD and attributes need the key too, for all that they tell", async () => {
  await house.put(BUCKET, "head", "x", headers(KEY));
  const target = { Bucket: BUCKET, Key: "head" };
  const attributes = { ...target, ObjectAttributes: ["ETag"] };
  for (const [name, input] of [
    ["HeadObject", target],
    ["GetObjectAttributes", attributes],
  ] as const) {
    await assert.rejects(house.call(name, input), NEEDED);
    await assert.rejects(house.call(name, { ...input, ...headers(OTHER) }), WRONG);
    await house.call(name, { ...input, ...headers(KEY) });
  }
  const told = await house.call("HeadObject", { ...target, ...headers(KEY), ChecksumMode: "ENABLED" });
  assert.ok(told["ChecksumCRC64NVME"]);
});

test("the ETag tells nothing of the body, and two objects under one key share no data key", async () => {
  const [one, two] = [
    await house.put(BUCKET, "e", "same", headers(KEY)),
    await house.put(BUCKET, "f", "same", headers(KEY)),
  ];
  const hashed = createHash("md5").update("same").digest("hex");
  assert.match(String(one.ETag), /^"[0-9a-f]{32}"$/);
  assert.notEqual(one.ETag, `"${hashed}"`);
  assert.notEqual(one.ETag, two.ETag);
  const rows = await house.database.read((tx) =>
    tx.all<{ data_key: Uint8Array }>(
      "SELECT data_key FROM objects WHERE key IN (?, ?)",
      Buffer.from("e"),
      Buffer.from("f"),
    ),
  );
  const [a, b] = rows.map((row) => Buffer.from(row.data_key));
  assert.ok(a && b && !a.subarray(1).equals(b.subarray(1)));
});

test("nothing of the key is stored: neither its bytes, nor its MD5, nor any plain hash of it", async () => {
  await house.put(BUCKET, "kept", "x", headers(KEY));
  const row = await house.database.read((tx) =>
    tx.get<{ data_key: Uint8Array; encryption: string }>(
      "SELECT data_key, encryption FROM objects WHERE key = ?",
      Buffer.from("kept"),
    ),
  );
  const stored = Buffer.concat([Buffer.from(row!.data_key), Buffer.from(row!.encryption)]);
  const traces = [KEY, ...["md5", "sha1", "sha256"].map((name) => createHash(name).update(KEY).digest())];
  for (const trace of traces) {
    assert.ok(!stored.includes(trace));
    assert.ok(!stored.includes(trace.toString("base64")));
    assert.ok(!stored.includes(trace.toString("hex")));
  }
});

test("a wrapped key opens in the place of no other object's", async () => {
  await house.put(BUCKET, "mine", "mine", headers(KEY));
  await house.put(BUCKET, "yours", "yours", headers(KEY));
  await house.database.write((tx) =>
    tx.run(
      "UPDATE objects SET data_key = (SELECT data_key FROM objects WHERE key = ?) WHERE key = ?",
      Buffer.from("mine"),
      Buffer.from("yours"),
    ),
  );
  await assert.rejects(house.get(BUCKET, "yours", headers(KEY)), (thrown) => !isAwsError(thrown));
});

const INVALID = "The secret key was invalid for the specified algorithm.";
const NOT_ITS_MD5 = "The calculated MD5 hash of the key did not match the hash that was provided.";
const given = headers(KEY);
const WRONG_WRITES: [string, object, string, string][] = [
  [
    "no algorithm",
    { ...given, SSECustomerAlgorithm: undefined },
    "InvalidArgument",
    `${WITH} provide a valid encryption algorithm.`,
  ],
  ["no key", { ...given, SSECustomerKey: undefined }, "InvalidArgument", `${WITH} provide an appropriate secret key.`],
  [
    "no MD5",
    { ...given, SSECustomerKeyMD5: undefined },
    "InvalidArgument",
    `${WITH} provide the client calculated MD5 of the secret key.`,
  ],
  [
    "another algorithm",
    { ...given, SSECustomerAlgorithm: "KMS" },
    "InvalidEncryptionAlgorithmError",
    "The Encryption request you specified is not valid. Supported value: AES256.",
  ],
  ["a short key", headers(KEY.subarray(1)), "InvalidArgument", INVALID],
  ["a long key", headers(Buffer.concat([KEY, KEY])), "InvalidArgument", INVALID],
  ["a key that is no base64", { ...given, SSECustomerKey: "not base64!" }, "InvalidArgument", INVALID],
  ["another key's MD5", { ...given, SSECustomerKeyMD5: md5(OTHER) }, "InvalidArgument", NOT_ITS_MD5],
  ["an MD5 that is none", { ...given, SSECustomerKeyMD5: "AAAA" }, "InvalidArgument", NOT_ITS_MD5],
  [
    "another encryption beside it",
    { ...given, ServerSideEncryption: "AES256" },
    "InvalidArgument",
    "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
  ],
];
for (const [what, input, code, message] of WRONG_WRITES) {
  test(`a write with ${what} is refused in S3's words, which hold no key`, async () => {
    await assert.rejects(house.put(BUCKET, "refused", "x", input), (thrown) => {
      assert.ok(isAwsError(thrown, code), String(thrown));
      assert.equal(thrown.message, message);
      assert.ok(!JSON.stringify([thrown.message, thrown.fields]).includes(KEY.toString("base64").slice(0, 12)));
      return true;
    });
    await assert.rejects(house.get(BUCKET, "refused"), (thrown) => isAwsError(thrown, "NoSuchKey"));
  });
}

test("a read with too long a key is refused as one with a wrong key, with too short a one as invalid", async () => {
  await house.put(BUCKET, "long", "x", headers(KEY));
  const twice = Buffer.from(KEY.toString("base64"));
  await assert.rejects(house.get(BUCKET, "long", headers(twice)), WRONG);
  await assert.rejects(house.get(BUCKET, "long", headers(KEY.subarray(16))), refused("InvalidArgument", INVALID, 400));
});

test("a customer's key is no parameter of an object without one", async () => {
  await house.put(BUCKET, "plain", "x");
  await assert.rejects(house.get(BUCKET, "plain", headers(KEY)), NOT_APPLICABLE);
  await assert.rejects(house.call("HeadObject", { Bucket: BUCKET, Key: "plain", ...headers(KEY) }), NOT_APPLICABLE);
  const copy = { Bucket: BUCKET, Key: "copy", CopySource: `${BUCKET}/plain`, ...asSource(KEY) };
  await assert.rejects(house.call("CopyObject", copy), NOT_APPLICABLE);
});

test("a copy changes the customer's key in place, and none of the two keys opens the other's", async () => {
  await house.put(BUCKET, "rekeyed", "x", headers(KEY));
  const copy = { Bucket: BUCKET, Key: "rekeyed", CopySource: `${BUCKET}/rekeyed` };
  await assert.rejects(house.call("CopyObject", { ...copy, ...headers(OTHER) }), NEEDED);
  await assert.rejects(house.call("CopyObject", { ...copy, ...headers(OTHER), ...asSource(OTHER) }), WRONG);
  const answer = await house.call("CopyObject", { ...copy, ...headers(OTHER), ...asSource(KEY) });
  assert.equal(answer["SSECustomerKeyMD5"], md5(OTHER));
  assert.equal((await house.get(BUCKET, "rekeyed", headers(OTHER))).text.toString(), "x");
  await assert.rejects(house.get(BUCKET, "rekeyed", headers(KEY)), WRONG);
});

const PART = { Bucket: BUCKET, Key: "parts" };
const part = (UploadId: unknown, input: object, body = "part") =>
  house.call<{ ETag: string }>(
    "UploadPart",
    { ...PART, UploadId, PartNumber: 1, ...input },
    { body: testBody([Buffer.from(body)]) },
  );
const MISSING_IN_PART = refused(
  "InvalidRequest",
  "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
  400,
);

test("every part of an upload brings the key that it was begun with", async () => {
  const { UploadId } = await house.call("CreateMultipartUpload", { ...PART, ...headers(KEY) });
  await assert.rejects(part(UploadId, {}), MISSING_IN_PART);
  await assert.rejects(
    part(UploadId, headers(OTHER)),
    refused("InvalidRequest", "The provided encryption parameters did not match the ones used originally.", 400),
  );
  const { ETag } = await part(UploadId, headers(KEY));
  const Parts = [{ PartNumber: 1, ETag }];
  await house.call("CompleteMultipartUpload", { ...PART, UploadId, MultipartUpload: { Parts } });
  assert.equal((await house.get(BUCKET, "parts", headers(KEY))).text.toString(), "part");
  await assert.rejects(house.get(BUCKET, "parts", headers(OTHER)), WRONG);
});

test("an upload without a customer's key takes none, and one with a checksum is completed with the key", async () => {
  const plain = await house.call("CreateMultipartUpload", PART);
  await assert.rejects(part(plain["UploadId"], headers(KEY)), MISSING_IN_PART);
  const { UploadId } = await house.call("CreateMultipartUpload", {
    ...PART,
    ...headers(KEY),
    ChecksumAlgorithm: "CRC32",
    ChecksumType: "FULL_OBJECT",
  });
  const { ETag } = await part(UploadId, headers(KEY));
  const complete = { ...PART, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
  await assert.rejects(house.call("CompleteMultipartUpload", complete), MISSING_IN_PART);
  await house.call("CompleteMultipartUpload", { ...complete, ...headers(KEY) });
});

test("by default a key is taken over TLS alone, and by default a new bucket takes none", async () => {
  const strict = await s3House();
  const allowed = {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
        BlockedEncryptionTypes: { EncryptionType: ["NONE"] },
      },
    ],
  };
  const body = () => testBody([Buffer.from("x")]);
  const secure = () => ({ secureTransport: true, body: body() });
  // The right key and the wrong one look the same.
  for (const input of [headers(KEY), { ...headers(KEY), SSECustomerKeyMD5: md5(OTHER) }]) {
    await assert.rejects(strict.put(BUCKET, "tls", "", input, secure()), refused("AccessDenied", "Access Denied", 403));
  }
  await strict.call("PutBucketEncryption", { Bucket: BUCKET, ServerSideEncryptionConfiguration: allowed });
  const overHttp = refused("InvalidRequest", `${WITH} be made over a secure connection.`, 400);
  await assert.rejects(strict.put(BUCKET, "tls", "", headers(KEY), { body: body() }), overHttp);
  await strict.put(BUCKET, "tls", "", headers(KEY), secure());
  await assert.rejects(strict.get(BUCKET, "tls", headers(KEY)), overHttp);
  assert.equal((await strict.get(BUCKET, "tls", headers(KEY), { secureTransport: true })).text.toString(), "x");
  await strict.close();
});

test("a bucket that blocks SSE-C still gives what it has, as a source too", async () => {
  const blocking = await s3House({ rules: { newBucketsBlockSseC: false, customerKeysNeedTls: false } });
  await blocking.put(BUCKET, "before", "x", headers(KEY));
  const { UploadId } = await blocking.call("CreateMultipartUpload", { ...PART, ...headers(KEY) });
  await blocking.call("PutBucketEncryption", {
    Bucket: BUCKET,
    ServerSideEncryptionConfiguration: { Rules: [{ BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] } }] },
  });
  const denied = refused("AccessDenied", "Access Denied", 403);
  const copy = { Bucket: BUCKET, Key: "after", CopySource: `${BUCKET}/before`, ...asSource(KEY) };
  await assert.rejects(blocking.call("CopyObject", { ...copy, ...headers(OTHER) }), denied);
  await assert.rejects(blocking.call("CreateMultipartUpload", { ...PART, ...headers(KEY) }), denied);
  const late = { ...PART, UploadId, PartNumber: 1, ...headers(KEY) };
  await assert.rejects(blocking.call("UploadPart", late, { body: testBody([Buffer.from("x")]) }), denied);
  assert.equal((await blocking.get(BUCKET, "before", headers(KEY))).text.toString(), "x");
  assert.equal((await blocking.call("CopyObject", copy))["ServerSideEncryption"], "AES256");
  await blocking.close();
});
