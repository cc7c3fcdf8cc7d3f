import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import {
  ALLOW_ALL,
  anonymousCaller,
  OTHER_ACCOUNT,
  rootCaller,
  TEST_ACCOUNT,
  userCaller,
} from "../../../kit/testing.js";
import { ANONYMOUS_USER_ID, canonicalUserId } from "../names.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House({ accounts: async () => [TEST_ACCOUNT, OTHER_ACCOUNT] });
after(() => house.close());

const Bucket = BUCKET;
const OWN = canonicalUserId(TEST_ACCOUNT);
const OTHER = canonicalUserId(OTHER_ACCOUNT);
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const guest = { caller: userCaller("guest", [ALLOW_ALL], OTHER_ACCOUNT) };
const anyone = { caller: anonymousCaller() };
const aclOf = (Key: string, parts: object = {}) => house.call<Answer>("GetObjectAcl", { Bucket, Key }, parts);
const ownerOf = async (Key: string, parts: object = {}) => ((await aclOf(Key, parts))["Owner"] as { ID: string }).ID;
const asOwnership = (ObjectOwnership: string) =>
  house.call("PutBucketOwnershipControls", { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } });

test("where the bucket's owner owns everything, an object has no list of its own", async () => {
  await house.put(Bucket, "kept", "x", { ACL: "bucket-owner-full-control" });
  await assert.rejects(house.put(Bucket, "k", "x", { ACL: "public-read" }), code("AccessControlListNotSupported"));
  await assert.rejects(
    house.put(Bucket, "k", "x", { GrantRead: `id=${OTHER}` }),
    code("AccessControlListNotSupported"),
  );
  await assert.rejects(
    house.call("PutObjectAcl", { Bucket, Key: "kept", ACL: "private" }),
    code("AccessControlListNotSupported"),
  );
  await assert.rejects(house.call("PutObjectAcl", { Bucket, Key: "none", ACL: "private" }), code("NoSuchKey"));
  await assert.rejects(
    house.call("PutObjectAcl", { Bucket, Key: "kept", ACL: "private" }, { caller: userCaller("nobody") }),
    Denied,
  );
});

test("an object's list lets in whom it names, for what it says", async () => {
  await asOwnership("ObjectWriter");
  await house.call("DeletePublicAccessBlock", { Bucket });
  await house.put(Bucket, "k", "x");
  await assert.rejects(house.get(Bucket, "k", {}, guest), Denied);
  await house.call("PutObjectAcl", { Bucket, Key: "k", GrantRead: `id="${OTHER}"` });
  assert.equal((await house.get(Bucket, "k", {}, guest)).text.toString(), "x");
  await assert.rejects(aclOf("k", guest), Denied);
  await assert.rejects(house.call("DeleteObject", { Bucket, Key: "k" }, guest), Denied);
  await assert.rejects(house.get(Bucket, "k", {}, anyone), Denied);
  await house.call("PutObjectAcl", { Bucket, Key: "k", ACL: "public-read" });
  assert.equal((await house.get(Bucket, "k", {}, anyone)).text.toString(), "x");
  await house.put(Bucket, "k", "y");
  await assert.rejects(house.get(Bucket, "k", {}, anyone), Denied, "a new object has a list of its own");
});

test("who writes owns: the bucket's owner reads another account's object only by its list", async () => {
  await house.call("PutBucketAcl", { Bucket, GrantWrite: `id="${OTHER}"`, GrantRead: `id="${OTHER}"` });
  await house.put(Bucket, "theirs", "secret", {}, guest);
  assert.equal(await ownerOf("theirs", guest), OTHER);
  await assert.rejects(house.get(Bucket, "theirs"), Denied);
  const allow = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` };
  await house.call("PutBucketPolicy", { Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement: allow }) });
  await assert.rejects(house.get(Bucket, "theirs"), Denied, "the bucket's policy cannot give what is not its owner's");
  await house.call("DeleteBucketPolicy", { Bucket });
  await house.call("PutObjectAcl", { Bucket, Key: "theirs", ACL: "bucket-owner-read" }, guest);
  assert.equal((await house.get(Bucket, "theirs")).text.toString(), "secret");
  await assert.rejects(aclOf("theirs"), Denied);
  assert.equal(
    (await house.get(Bucket, "theirs", {}, { caller: rootCaller(OTHER_ACCOUNT) })).text.toString(),
    "secret",
  );
  const deny = { ...allow, Effect: "Deny" };
  await house.call("PutBucketPolicy", { Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement: deny }) });
  await assert.rejects(house.get(Bucket, "theirs", {}, guest), Denied, "but it can deny");
  await house.call("DeleteBucketPolicy", { Bucket });
});

test("who may write by the bucket's list deletes its own objects and no others", async () => {
  await house.put(Bucket, "ours", "x");
  await assert.rejects(house.call("DeleteObject", { Bucket, Key: "ours" }, guest), Denied);
  const Delete = { Objects: [{ Key: "ours" }, { Key: "theirs" }] };
  const answer = await house.call<Answer>("DeleteObjects", { Bucket, Delete }, guest);
  assert.deepEqual(answer["Deleted"], [{ Key: "theirs" }]);
  await house.put(Bucket, "theirs", "x", {}, guest);
  await house.call("DeleteObject", { Bucket, Key: "theirs" });
});

test("with BucketOwnerPreferred a writer gives its object away by bucket-owner-full-control alone", async () => {
  await asOwnership("BucketOwnerPreferred");
  await house.put(Bucket, "given", "x", { ACL: "bucket-owner-full-control" }, guest);
  await house.put(Bucket, "kept back", "x", {}, guest);
  assert.equal(await ownerOf("given"), OWN);
  assert.equal(await ownerOf("kept back", guest), OTHER);
});

test("what nobody in particular wrote belongs to nobody in particular", async () => {
  await house.call("PutBucketAcl", { Bucket, ACL: "public-read-write" });
  await house.put(Bucket, "anonymous", "x", {}, anyone);
  await assert.rejects(house.get(Bucket, "anonymous"), Denied);
  await house.call("PutBucketOwnershipControls", {
    Bucket,
    OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
  });
  await house.put(Bucket, "anonymous", "x", { ACL: "bucket-owner-full-control" }, anyone);
  assert.equal(await ownerOf("anonymous"), ANONYMOUS_USER_ID);
  await assert.rejects(
    house.get(Bucket, "none", {}, anyone),
    code("NoSuchKey"),
    "who may list is told what is missing",
  );
});

test("an upload's list is its object's; a copy has a list of its own", async () => {
  const start = { Bucket, Key: "in parts", ACL: "public-read" };
  const { UploadId } = await house.call<{ UploadId: string }>("CreateMultipartUpload", start);
  const part = await house.call<Answer>("UploadPart", { Bucket, Key: "in parts", UploadId, PartNumber: 1 }, {});
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] };
  await house.call("CompleteMultipartUpload", { Bucket, Key: "in parts", UploadId, MultipartUpload });
  await house.get(Bucket, "in parts", {}, anyone);
  await house.call("CopyObject", { Bucket, Key: "copy", CopySource: `${Bucket}/in%20parts` });
  await assert.rejects(house.get(Bucket, "copy", {}, anyone), Denied);
});

test("turned off, the lists of earlier days give nothing, and the bucket's owner owns everything", async () => {
  await house.put(Bucket, "public", "x", { ACL: "public-read" });
  await house.put(Bucket, "theirs", "x", {}, guest);
  await house.get(Bucket, "public", {}, anyone);
  await house.call("PutBucketAcl", { Bucket, ACL: "private" });
  await asOwnership("BucketOwnerEnforced");
  await assert.rejects(house.get(Bucket, "public", {}, anyone), Denied);
  await assert.rejects(house.get(Bucket, "theirs", {}, guest), Denied);
  assert.equal((await house.get(Bucket, "theirs")).text.toString(), "x");
});
