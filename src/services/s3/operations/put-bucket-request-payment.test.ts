import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { ALLOW_ALL, anonymousCaller, OTHER_ACCOUNT, roleCaller, rootCaller, userCaller } from "../../../kit/testing.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const put = (Payer: string, parts: object = {}) =>
  house.call("PutBucketRequestPayment", { Bucket: BUCKET, RequestPaymentConfiguration: { Payer } }, parts);
const get = () => house.call("GetBucketRequestPayment", { Bucket: BUCKET });
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const refused = (thrown: unknown) => isAwsError(thrown, "AccessDenied") && thrown.message === "Access Denied";

const stranger = { caller: userCaller("stranger", [ALLOW_ALL], OTHER_ACCOUNT) };
const paying = { RequestPayer: "requester" };

/** Everybody may do everything, as far as the bucket's policy goes. */
async function openToAll() {
  const resources = [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`];
  const Statement = { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: resources };
  await house.call("DeletePublicAccessBlock", { Bucket: BUCKET });
  await house.call("PutBucketPolicy", {
    Bucket: BUCKET,
    Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
  await house.put(BUCKET, "k", "body");
}

test("who pays is said by who may, and by nobody else", async () => {
  assert.deepEqual(await get(), { Payer: "BucketOwner" });
  await assert.rejects(put("Requester", { caller: userCaller("nobody") }), Denied);
  for (const bad of ["requester", "", "Nobody"]) await assert.rejects(put(bad), code("MalformedXML"));
  await put("Requester");
  assert.deepEqual(await get(), { Payer: "Requester" });
  await put("BucketOwner");
  assert.deepEqual(await get(), { Payer: "BucketOwner" });
});

test("others are let in where they say that they pay, and are told that they did", async () => {
  await openToAll();
  const free = await house.get(BUCKET, "k", paying, stranger);
  assert.equal(free["RequestCharged"], undefined);
  await put("Requester");
  const calls: [string, object][] = [
    ["GetObject", { Key: "k" }],
    ["HeadObject", { Key: "k" }],
    ["HeadObject", { Key: "missing" }],
    ["ListObjectsV2", {}],
    ["ListObjectVersions", {}],
    ["GetObjectTagging", { Key: "k" }],
    ["CreateMultipartUpload", { Key: "u" }],
    ["CopyObject", { Key: "c", CopySource: `${BUCKET}/k` }],
    ["DeleteObject", { Key: "c" }],
    ["HeadBucket", {}],
  ];
  for (const [name, input] of calls) {
    await assert.rejects(house.call(name, { Bucket: BUCKET, ...input }, stranger), refused, name);
    const wrong = { Bucket: BUCKET, ...input, RequestPayer: "Requester" };
    await assert.rejects(house.call(name, wrong, stranger), refused, name);
    const nobody = { caller: anonymousCaller() };
    await assert.rejects(house.call(name, { Bucket: BUCKET, ...input, ...paying }, nobody), refused, name);
    if ("Key" in input && input.Key === "missing") continue;
    const answer = await house.call(name, { Bucket: BUCKET, ...input, ...paying }, stranger);
    assert.equal(answer["RequestCharged"], "requester", name);
  }
  await assert.rejects(house.put(BUCKET, "new", "x", {}, stranger), refused);
  assert.equal((await house.put(BUCKET, "new", "x", paying, stranger))["RequestCharged"], "requester");
  // HeadBucket's model has no member for the header.
  const byHeader = { ...stranger, headers: { "x-amz-request-payer": "requester" } };
  await house.call("HeadBucket", { Bucket: BUCKET }, byHeader);
});

test("a copy pays for its source", async () => {
  await put("Requester");
  const own = { caller: rootCaller(OTHER_ACCOUNT) };
  await house.call("CreateBucket", { Bucket: "of-the-stranger" }, own);
  const copy = (more: object) =>
    house.call("CopyObject", { Bucket: "of-the-stranger", Key: "c", CopySource: `${BUCKET}/k`, ...more }, own);
  await assert.rejects(copy({}), refused);
  assert.equal((await copy(paying))["RequestCharged"], "requester");
});

test("the owner's account pays for itself, whatever it says, and so do its services", async () => {
  await put("Requester");
  const ours = [rootCaller(), userCaller("ours", [ALLOW_ALL]), roleCaller("ours", "s", [ALLOW_ALL])];
  for (const caller of ours) {
    for (const said of [{}, paying]) {
      assert.equal((await house.get(BUCKET, "k", said, { caller }))["RequestCharged"], undefined);
    }
  }
  const replica = { ...stranger, sourceArn: "arn:aws:s3:::elsewhere" };
  assert.equal((await house.get(BUCKET, "k", {}, replica))["RequestCharged"], undefined);
});
