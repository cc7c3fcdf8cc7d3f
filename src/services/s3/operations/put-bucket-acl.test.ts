import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type AccountId, isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { ALLOW_ALL, anonymousCaller, OTHER_ACCOUNT, TEST_ACCOUNT, userCaller } from "../../../kit/testing.js";
import { canonicalUserId } from "../names.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House({ accounts: async () => [TEST_ACCOUNT, OTHER_ACCOUNT] });
after(() => house.close());

const Bucket = BUCKET;
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const OWN = canonicalUserId(TEST_ACCOUNT);
const OTHER = canonicalUserId(OTHER_ACCOUNT);
const put = (input: object, parts: object = {}) => house.call("PutBucketAcl", { Bucket, ...input }, parts);
const grants = async () => (await house.call<Answer>("GetBucketAcl", { Bucket }))["Grants"];
const guest = { caller: userCaller("guest", [ALLOW_ALL], OTHER_ACCOUNT) };
const anyone = { caller: anonymousCaller() };
const asWriters = (ObjectOwnership = "ObjectWriter") =>
  house.call("PutBucketOwnershipControls", { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } });
const block = (parts: object) => house.call("PutPublicAccessBlock", { Bucket, PublicAccessBlockConfiguration: parts });

test("where the bucket's owner owns everything, no list is written, not even a private one", async () => {
  for (const ACL of ["private", "public-read"]) {
    await assert.rejects(put({ ACL }), code("AccessControlListNotSupported"));
  }
  await asWriters();
  await assert.rejects(put({ ACL: "private" }, { caller: userCaller("nobody") }), Denied);
  await put({ ACL: "private" });
});

const user = (ID: string) => ({ Type: "CanonicalUser", ID });
const group = (name: string) => ({ Type: "Group", URI: `http://acs.amazonaws.com/groups/global/${name}` });
const body = (Grantee: object, Permission = "READ", ID = OWN) => ({
  AccessControlPolicy: { Owner: { ID }, Grants: [{ Grantee, Permission }] },
});

const WRONG: readonly (readonly [what: string, input: object, code: string])[] = [
  ["nothing", {}, "MissingSecurityHeader"],
  ["two forms", { ACL: "private", GrantRead: `id="${OTHER}"` }, "InvalidRequest"],
  ["a body and a header", { ACL: "private", ...body(user(OTHER)) }, "UnexpectedContent"],
  ["a canned list that is none", { ACL: "everybody" }, "InvalidArgument"],
  ["a canned list of AWS's own account", { ACL: "aws-exec-read" }, "NotImplemented"],
  ["an account that is not here", { GrantRead: `id="${"0".repeat(64)}"` }, "InvalidArgument"],
  ["a grantee of another kind", { GrantRead: `name="bob"` }, "InvalidArgument"],
  ["a mail address", { GrantRead: `emailAddress="a@example.com"` }, "MethodNotAllowed"],
  ["a mail address in the body", body({ Type: "AmazonCustomerByEmail", EmailAddress: "a@b" }), "MethodNotAllowed"],
  ["a group that is not there", body({ Type: "Group", URI: "http://example.com/all" }), "InvalidArgument"],
  ["another owner", body(user(OTHER), "READ", OTHER), "AccessDenied"],
  ["no owner", { AccessControlPolicy: { Grants: [] } }, "MalformedACLError"],
  ["a permission that is none", body(user(OTHER), "LIST"), "MalformedACLError"],
  ["a user without an id", body({ Type: "CanonicalUser" }), "MalformedACLError"],
  [
    "more grants than a list holds",
    {
      AccessControlPolicy: {
        Owner: { ID: OWN },
        Grants: Array.from({ length: 101 }, () => ({ Grantee: user(OTHER), Permission: "READ" })),
      },
    },
    "MalformedACLError",
  ],
];

test("each wrong list is refused in S3's words, and the old one stays", async () => {
  const before = await grants();
  for (const [what, input, name] of WRONG) await assert.rejects(put(input), code(name), what);
  assert.deepEqual(await grants(), before);
});

test("what is granted is told as it was said, by headers and by body", async () => {
  await put({
    GrantRead: `id="${OTHER}", uri="http://acs.amazonaws.com/groups/s3/LogDelivery"`,
    GrantWriteACP: `id=${OWN}`,
  });
  assert.deepEqual(await grants(), [
    { Grantee: { ID: OTHER, Type: "CanonicalUser" }, Permission: "READ" },
    { Grantee: { URI: "http://acs.amazonaws.com/groups/s3/LogDelivery", Type: "Group" }, Permission: "READ" },
    { Grantee: { ID: OWN, Type: "CanonicalUser" }, Permission: "WRITE_ACP" },
  ]);
  await put(body(user(OTHER), "WRITE"));
  assert.deepEqual(await grants(), [{ Grantee: { ID: OTHER, Type: "CanonicalUser" }, Permission: "WRITE" }]);
});

test("a list lets another account do what it says and nothing more", async () => {
  await put({ GrantRead: `id="${OTHER}"` });
  await house.call("ListObjectsV2", { Bucket }, guest);
  await assert.rejects(house.put(Bucket, "k", "x", {}, guest), Denied);
  await assert.rejects(house.call("GetBucketAcl", { Bucket }, guest), Denied);
  await assert.rejects(house.call("DeleteBucket", { Bucket }, guest), Denied);
  await assert.rejects(
    house.call("ListObjectsV2", { Bucket }, { caller: userCaller("poor", [], OTHER_ACCOUNT) }),
    Denied,
    "the guest's own account has to allow it too",
  );
  await assert.rejects(
    house.call("ListObjectsV2", { Bucket }, { caller: userCaller("third", [ALLOW_ALL], "777788889999" as AccountId) }),
    Denied,
  );
  await put({ GrantFullControl: `id="${OTHER}"` });
  await house.put(Bucket, "k", "x", {}, guest);
  await house.call("PutBucketAcl", { Bucket, GrantReadACP: `id="${OTHER}"` }, guest);
  await house.call("GetBucketAcl", { Bucket }, guest);
  await assert.rejects(house.call("ListObjectsV2", { Bucket }, guest), Denied);
});

test("a list to one's own account is no policy: its users need their own", async () => {
  await put({ GrantRead: `id="${OWN}"` });
  await assert.rejects(house.call("ListObjectsV2", { Bucket }, { caller: userCaller("nobody") }), Denied);
});

test("a policy that denies wins over a list", async () => {
  await put({ GrantRead: `id="${OTHER}"` });
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${Bucket}` };
  await house.call("PutBucketPolicy", { Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement: deny }) });
  await assert.rejects(house.call("ListObjectsV2", { Bucket }, guest), Denied);
  await house.call("DeleteBucketPolicy", { Bucket });
});

test("a public list needs the block lifted, and is ignored as soon as it is wanted", async () => {
  await assert.rejects(put({ ACL: "public-read" }), (thrown) => {
    assert.ok(isAwsError(thrown, "AccessDenied"));
    return thrown.message.endsWith(
      "because public access control lists (ACLs) are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
    );
  });
  await block({});
  await put({ ACL: "public-read" });
  await house.call("ListObjects", { Bucket }, anyone);
  await assert.rejects(house.put(Bucket, "by-anyone", "x", {}, anyone), Denied);
  await put(body(group("AuthenticatedUsers")));
  await assert.rejects(house.call("ListObjects", { Bucket }, anyone), Denied);
  await house.call("ListObjects", { Bucket }, guest);
  await block({ IgnorePublicAcls: true });
  await assert.rejects(house.call("ListObjects", { Bucket }, guest), Denied);
  assert.equal(((await grants()) as object[]).length, 1, "it is still told");
  await block({ BlockPublicAcls: true });
  await house.call("ListObjects", { Bucket }, guest);
});

test("turned off, lists give nothing any more", async () => {
  await block({});
  await put({ GrantRead: `id="${OTHER}"` });
  await house.call("ListObjects", { Bucket }, guest);
  await house.call("PutBucketAcl", { Bucket, ACL: "private" });
  await asWriters("BucketOwnerEnforced");
  await assert.rejects(house.call("ListObjects", { Bucket }, guest), Denied);
});
