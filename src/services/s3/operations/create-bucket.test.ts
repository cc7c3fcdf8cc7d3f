import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError, type Region } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { OTHER_ACCOUNT, rootCaller, testBody, userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const EUROPE = "eu-west-1" as Region; // a Region's name
const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const create = (Bucket: string, input: object = {}, parts: object = {}) =>
  house.call<Answer>("CreateBucket", { Bucket, ...input }, parts);
const located = (LocationConstraint: string) => ({ CreateBucketConfiguration: { LocationConstraint } });

test("nobody creates a bucket without permission, nor one with a bad name", async () => {
  await assert.rejects(create("denied-bucket", {}, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(create("Bad_Name"), code("InvalidBucketName"));
});

test("a bucket that stands is its owner's again in us-east-1 only, and nobody else's", async () => {
  assert.equal((await create(BUCKET))["Location"], `/${BUCKET}`);
  await assert.rejects(create(BUCKET, {}, { caller: rootCaller(OTHER_ACCOUNT) }), code("BucketAlreadyExists"));
  await assert.rejects(create(BUCKET, located("eu-west-1")), code("BucketAlreadyOwnedByYou"));
  await create("bucket-in-europe", located("eu-west-1"));
  await assert.rejects(create("bucket-in-europe", located("eu-west-1")), code("BucketAlreadyOwnedByYou"));
});

test("locations that are none are refused, and those of another endpoint", async () => {
  for (const location of ["us-east-1", "foo", "aws-global"]) {
    await assert.rejects(create("somewhere", located(location)), code("InvalidLocationConstraint"));
  }
  await assert.rejects(
    create("somewhere", located("us-west-2"), { region: EUROPE }),
    code("IllegalLocationConstraintException"),
  );
  await assert.rejects(create("somewhere", {}, { region: EUROPE }), code("IllegalLocationConstraintException"));
});

test("a bucket answers in its own Region; the others learn which it is", async () => {
  await create("european", located("EU"));
  await assert.rejects(
    house.call("ListObjectsV2", { Bucket: "european" }),
    (thrown) => isAwsError(thrown, "AuthorizationHeaderMalformed") && thrown.fields["Region"] === "eu-west-1",
  );
  await assert.rejects(
    house.call("HeadBucket", { Bucket: "european" }),
    (thrown) => isAwsError(thrown, "PermanentRedirect") && thrown.headers["x-amz-bucket-region"] === "eu-west-1",
  );
  assert.equal((await house.call("GetBucketLocation", { Bucket: "european" }))["LocationConstraint"], "EU");
  assert.equal((await house.call("GetBucketLocation", { Bucket: BUCKET }))["LocationConstraint"], undefined);
  const head = await house.call("HeadBucket", { Bucket: "european" }, { region: EUROPE });
  assert.deepEqual(head, { BucketRegion: "eu-west-1", BucketArn: "arn:aws:s3:::european", AccessPointAlias: false });
});

test("an expected owner is an account, and the right one", async () => {
  const head = (ExpectedBucketOwner: string) => house.call("HeadBucket", { Bucket: BUCKET, ExpectedBucketOwner });
  for (const bad of ["abcd", "0000", "0000000000020"])
    await assert.rejects(head(bad), code("InvalidBucketOwnerAWSAccountID"));
  await assert.rejects(head(OTHER_ACCOUNT), code("AccessDenied"));
  await head("111122223333");
});

test("buckets are listed by name, prefix, Region and page, one's own only", async () => {
  const names = (answer: Answer) => (answer["Buckets"] as { Name: string }[]).map((bucket) => bucket.Name); // always there
  const all = names(await house.call("ListBuckets", {}));
  assert.deepEqual(all, [BUCKET, "bucket-in-europe", "european"].sort());
  assert.deepEqual(names(await house.call("ListBuckets", { Prefix: "euro" })), ["european"]);
  assert.deepEqual(names(await house.call("ListBuckets", { Prefix: "EURO" })), []);
  assert.deepEqual(names(await house.call("ListBuckets", { BucketRegion: "us-east-1" })), [BUCKET]);
  const page = await house.call<Answer>("ListBuckets", { MaxBuckets: 1 });
  const rest = await house.call<Answer>("ListBuckets", { ContinuationToken: page["ContinuationToken"] });
  assert.deepEqual([...names(page), ...names(rest)], all);
  assert.deepEqual(names(await house.call("ListBuckets", {}, { caller: rootCaller(OTHER_ACCOUNT) })), []);
  await assert.rejects(house.call("ListBuckets", { BucketRegion: "nowhere" }), code("InvalidArgument"));
  await assert.rejects(house.call("ListBuckets", {}, { caller: userCaller("nobody") }), Denied);
});

test("a bucket with objects stays; without them it goes, unfinished uploads and all", async () => {
  await create("short-lived");
  await house.put("short-lived", "k", "x");
  await assert.rejects(house.call("DeleteBucket", { Bucket: "short-lived" }), code("BucketNotEmpty"));
  await assert.rejects(house.call("DeleteBucket", { Bucket: "short-lived" }, { caller: userCaller("nobody") }), Denied);
  await house.call("DeleteObject", { Bucket: "short-lived", Key: "k" });
  const { UploadId } = await house.call<Answer>("CreateMultipartUpload", { Bucket: "short-lived", Key: "k" });
  const body = testBody([Buffer.alloc(50_000)]);
  await house.call("UploadPart", { Bucket: "short-lived", Key: "k", UploadId, PartNumber: 1 }, { body });
  await house.call("DeleteBucket", { Bucket: "short-lived" });
  assert.deepEqual(await house.blobNames(), []);
  await assert.rejects(house.call("HeadBucket", { Bucket: "short-lived" }), code("NoSuchBucket"));
});

test("a put that ends after its bucket went leaves nothing", async () => {
  await create("vanishing");
  const bytes = testBody([Buffer.alloc(50_000)]);
  const body = {
    ...bytes,
    async *[Symbol.asyncIterator]() {
      yield* bytes;
      await house.call("DeleteBucket", { Bucket: "vanishing" });
    },
  };
  await assert.rejects(house.put("vanishing", "k", "", {}, { body }), code("NoSuchBucket"));
  assert.deepEqual(await house.blobNames(), []);
});

test("a list is taken only where lists count, and never a public one", async () => {
  await assert.rejects(create("public", { ACL: "public-read" }), code("InvalidBucketAclWithObjectOwnership"));
  await assert.rejects(
    create("public", { ACL: "public-read", ObjectOwnership: "ObjectWriter" }),
    code("InvalidBucketAclWithBlockPublicAccessError"),
  );
  await assert.rejects(create("writers", { ObjectOwnership: "Everybody" }), code("MalformedXML"));
  await create("writers", { ObjectOwnership: "ObjectWriter", ACL: "log-delivery-write" });
  const { Grants } = await house.call<{ Grants: object[] }>("GetBucketAcl", { Bucket: "writers" });
  assert.equal(Grants.length, 3);
});
