import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import type { Caller } from "../../identity/index.js";
import { Denied } from "../../identity/index.js";
import { ALLOW_ALL, OTHER_ACCOUNT, rootCaller, userCaller } from "../../kit/testing.js";
import { s3Denied } from "./denied.js";
import { BUCKET, KEY_ARN, KEY_ID, s3House } from "./testing.js";

const house = await s3House();
after(() => house.close());

const ANY_OBJECT = `arn:aws:s3:::${BUCKET}/*`;
const alice = userCaller("alice", [ALLOW_ALL]);
const anonymous: Caller = {
  ...rootCaller(),
  principal: { kind: "anonymous", arn: "", account: "" },
  account: "" as Caller["account"], // nobody's
  policies: { identity: [] },
  values: new Map(),
};

const withPolicy = (...Statement: object[]) =>
  house.call("PutBucketPolicy", { Bucket: BUCKET, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
const deny = (Action: string, Condition: object, Resource = ANY_OBJECT) => ({
  Effect: "Deny",
  Principal: "*",
  Action,
  Resource,
  Condition,
});
/** As the wire gives an SSE header: as a member and among the headers. */
const put = (sse?: string, keyId?: string, caller = alice) =>
  house.put(
    BUCKET,
    "k",
    "x",
    { ...(sse ? { ServerSideEncryption: sse } : {}), ...(keyId ? { SSEKMSKeyId: keyId } : {}) },
    { caller, headers: sse ? { "x-amz-server-side-encryption": sse } : {} },
  );

test("a policy that asks for the header refuses a put without it, whatever the bucket's default is", async () => {
  await withPolicy(deny("s3:PutObject", { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } }));
  await assert.rejects(put(), Denied);
  await assert.rejects(put("AES256"), Denied);
  await put("aws:kms");
  const { UploadId } = await house.call(
    "CreateMultipartUpload",
    { Bucket: BUCKET, Key: "up", ServerSideEncryption: "aws:kms" },
    { caller: alice, headers: { "x-amz-server-side-encryption": "aws:kms" } },
  );
  // A part has no such header: the policy sees what the upload was created with.
  await house.call("UploadPart", { Bucket: BUCKET, Key: "up", UploadId, PartNumber: 1 }, { caller: alice });
});

test("a policy that asks for a key sees the ARN of the one that will be used, from a header or from the bucket's default", async () => {
  const name = "s3:x-amz-server-side-encryption-aws-kms-key-id";
  await withPolicy(deny("s3:PutObject", { Null: { [name]: "false" }, ArnNotEquals: { [name]: KEY_ARN } }));
  await put("aws:kms", KEY_ID);
  await put("aws:kms", KEY_ARN);
  await put("aws:kms", "alias/mine");
  await assert.rejects(put("aws:kms", "alias/others"), Denied);
  await assert.rejects(put("aws:kms"), Denied, "which is aws/s3");
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/others" } }];
  await house.call("PutBucketEncryption", { Bucket: BUCKET, ServerSideEncryptionConfiguration: { Rules } });
  await assert.rejects(put(), Denied);
  await house.call("DeleteBucketEncryption", { Bucket: BUCKET });
  await put();
});

test("prefix, delimiter and page size of a list are conditions", async () => {
  const lister = userCaller("lister", [
    {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "s3:ListBucket",
          Resource: `arn:aws:s3:::${BUCKET}`,
          Condition: { StringLike: { "s3:prefix": "home/*" }, NumericLessThanEquals: { "s3:max-keys": "10" } },
        },
      ],
    },
  ]);
  const list = (input: object) => house.call("ListObjectsV2", { Bucket: BUCKET, ...input }, { caller: lister });
  await assert.rejects(list({}), Denied);
  await assert.rejects(list({ Prefix: "other/", MaxKeys: 10 }), Denied);
  await assert.rejects(list({ Prefix: "home/me", MaxKeys: 11 }), Denied);
  await list({ Prefix: "home/me", MaxKeys: 10 });
});

test("tags of the object that is there decide who reads it", async () => {
  await withPolicy(deny("s3:GetObject", { StringEquals: { "s3:ExistingObjectTag/secret": "yes" } }));
  await house.put(BUCKET, "open", "x", { Tagging: "secret=no" });
  await house.put(BUCKET, "closed", "x", { Tagging: "secret=yes" });
  await house.get(BUCKET, "open", {}, { caller: alice });
  await assert.rejects(house.get(BUCKET, "closed", {}, { caller: alice }), Denied);
});

test("anonymous readers come in by a public policy alone, and other accounts not while the block holds", async () => {
  await withPolicy(deny("s3:GetObject", { StringEquals: { "s3:ExistingObjectTag/secret": "yes" } }));
  await house.put(BUCKET, "site", "x");
  await assert.rejects(house.get(BUCKET, "site", {}, { caller: anonymous }), Denied);
  const open = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  const block = (configuration: object) =>
    house.call("PutPublicAccessBlock", { Bucket: BUCKET, PublicAccessBlockConfiguration: configuration });
  await block(open);
  await withPolicy({ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: ANY_OBJECT });
  assert.equal((await house.get(BUCKET, "site", {}, { caller: anonymous })).text.toString(), "x");
  await assert.rejects(house.put(BUCKET, "site", "y", {}, { caller: anonymous }), Denied);
  await assert.rejects(
    house.get(BUCKET, "site", { ResponseContentType: "text/html" }, { caller: anonymous }),
    (thrown) => isAwsError(thrown, "InvalidRequest"),
  );
  await block({ ...open, RestrictPublicBuckets: true });
  await assert.rejects(house.get(BUCKET, "site", {}, { caller: anonymous }), (thrown) =>
    isAwsError(thrown, "AccessDenied"),
  );
  await house.get(BUCKET, "site", {}, { caller: alice });
});

test("a denial tells its own account why, and others nothing", async () => {
  const refusal = async (caller: Caller) => {
    const denied = await house.get(BUCKET, "k", {}, { caller }).catch((thrown: unknown) => thrown);
    assert.ok(denied instanceof Denied);
    return s3Denied(denied);
  };
  await house.call("DeleteBucketPolicy", { Bucket: BUCKET });
  const own = await refusal(userCaller("bob"));
  assert.deepEqual([own.code, own.status], ["AccessDenied", 403]);
  assert.equal(
    own.message,
    `User: arn:aws:iam::111122223333:user/bob is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${BUCKET}/k" because no identity-based policy allows the s3:GetObject action`,
  );
  assert.equal((await refusal(userCaller("stranger", [ALLOW_ALL], OTHER_ACCOUNT))).message, "Access Denied");
  assert.equal((await refusal(anonymous)).message, "Access Denied");
});
