import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { AwsError, isAwsError, ManualClock } from "../../../base/index.js";
import { callOperation, OTHER_ACCOUNT, roleCaller, rootCaller, testBody, testContext } from "../../../kit/testing.js";
import { BUCKET, collected, customerHeaders, KEY_ARN, KEY_ID } from "../testing.js";
import { letRoleIn, REPLICAS, REPLICATOR, ROLE, replicatingHouse, rule } from "./testing.js";

const clock = new ManualClock("2026-11-21T09:00:00Z");
const rules = { newBucketsBlockSseC: false, customerKeysNeedTls: false };
const { house, put, configure } = await replicatingHouse(undefined, { clock, rules });
after(() => house.close());

const LONG = "ä".repeat(20_000);
const run = () => house.work("s3.replication", clock.now());
const is = (code: string) => (thrown: unknown) => isAwsError(thrown, code);
const annotate = (Key: string, AnnotationName: string, text: string, Bucket = BUCKET) =>
  house.call("PutObjectAnnotation", { Bucket, Key, AnnotationName }, { body: testBody([Buffer.from(text)]) });
const get = (Bucket: string, Key: string, AnnotationName: string) =>
  house.call("GetObjectAnnotation", { Bucket, Key, AnnotationName });
const textOf = async (Bucket: string, Key: string, name: string) =>
  (await collected((await get(Bucket, Key, name))["AnnotationPayload"])).toString();
const status = async (Key: string, name: string, Bucket = BUCKET) =>
  (await get(Bucket, Key, name))["ReplicationStatus"];
interface Shown {
  readonly AnnotationName: string;
  readonly ReplicationStatus?: string;
}
const listed = async (Bucket: string, Key: string) => {
  const found = await house.call<{ Annotations: Shown[] }>("ListObjectAnnotations", { Bucket, Key });
  return found.Annotations.map(({ AnnotationName, ReplicationStatus }) => [AnnotationName, ReplicationStatus]);
};
const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "arn:aws:s3:::*" });
const only = (...Action: string[]) => ({ Version: "2012-10-17", Statement: [allow(...Action)] });
const asRole = (...Statement: object[]) =>
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [{ Version: "2012-10-17", Statement }]));

beforeEach(async () => {
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  house.keys.refusal = undefined;
  await configure();
});

test("an annotation follows its version with its date, ETag and checksum, and a later text follows too", async () => {
  const { VersionId } = await house.put(BUCKET, "a", "body");
  await annotate("a", "short", "text");
  assert.deepEqual(await listed(BUCKET, "a"), [["short", "PENDING"]]);
  await run();
  clock.advance(1000);
  await annotate("a", "long", LONG);
  assert.equal(await status("a", "long"), "PENDING");
  await run();
  assert.deepEqual(await listed(BUCKET, "a"), [
    ["long", "COMPLETED"],
    ["short", "COMPLETED"],
  ]);
  assert.deepEqual(await listed(REPLICAS, "a"), [
    ["long", "REPLICA"],
    ["short", "REPLICA"],
  ]);
  assert.deepEqual([await textOf(REPLICAS, "a", "short"), await textOf(REPLICAS, "a", "long")], ["text", LONG]);
  const [source, replica] = [await get(BUCKET, "a", "long"), await get(REPLICAS, "a", "long")];
  for (const member of ["ETag", "LastModified", "ObjectVersionId"]) assert.deepEqual(replica[member], source[member]);
  assert.equal(replica["ObjectVersionId"], VersionId);
  await annotate("a", "short", "another");
  await annotate("a", "short", "a third");
  await run();
  assert.equal(await textOf(REPLICAS, "a", "short"), "a third");
  assert.equal((await house.get(REPLICAS, "a")).ETag, (await house.get(BUCKET, "a")).ETag);
});

test("what is deleted at the source stays at the replica, and what was put there by hand stays there alone", async () => {
  await house.put(BUCKET, "kept", "1");
  await annotate("kept", "n", "text");
  await run();
  await house.call("DeleteObjectAnnotation", { Bucket: BUCKET, Key: "kept", AnnotationName: "n" });
  await annotate("kept", "by-hand", "mine", REPLICAS);
  await run();
  assert.deepEqual(await listed(BUCKET, "kept"), []);
  assert.deepEqual(await listed(REPLICAS, "kept"), [
    ["by-hand", undefined],
    ["n", "REPLICA"],
  ]);
  await annotate("kept", "by-hand", "the source's");
  await run();
  assert.equal(await textOf(REPLICAS, "kept", "by-hand"), "the source's");
  await annotate("kept", "gone", "1");
  await house.call("DeleteObjectAnnotation", { Bucket: BUCKET, Key: "kept", AnnotationName: "gone" });
  await run();
  await assert.rejects(get(REPLICAS, "kept", "gone"), is("NoSuchAnnotation"));
});

test("what no rule took has annotations that go nowhere; a replica's own neither", async () => {
  await put([rule({ Filter: { Prefix: "in/" } })]);
  await house.put(BUCKET, "out", "1");
  await annotate("out", "n", "text");
  await house.call("DeleteBucketReplication", { Bucket: BUCKET });
  await house.put(BUCKET, "in/before", "1");
  await configure();
  await annotate("in/before", "n", "text");
  await run();
  for (const key of ["out", "in/before"]) assert.deepEqual(await listed(BUCKET, key), [["n", undefined]]);
  const sse = customerHeaders(Buffer.alloc(32, 9));
  await house.put(BUCKET, "customers", "1", sse);
  await assert.rejects(annotate("customers", "n", "text"), is("InvalidRequest"));
  await run();
  await assert.rejects(annotate("customers", "n", "text", REPLICAS), is("InvalidRequest"));
});

test("a copy takes its annotations along to its replica", async () => {
  await house.put(BUCKET, "from", "1");
  await annotate("from", "n", "text");
  await house.call("CopyObject", { Bucket: BUCKET, Key: "to", CopySource: `${BUCKET}/from` });
  assert.equal(await status("to", "n"), "PENDING");
  await run();
  assert.equal(await textOf(REPLICAS, "to", "n"), "text");
  assert.equal(await status("to", "n"), "COMPLETED");
});

test("the object is there without its annotation, where the role may not read it or the destination forbids it", async () => {
  const objects = allow("s3:GetObjectVersionForReplication", "s3:ReplicateObject");
  const reads = allow("s3:GetObjectVersionAnnotationForReplication");
  const cases: [string, string, object[]][] = [
    ["unread", "FAILED", [objects]],
    ["forbidden", "FAILED", [objects, reads, { ...allow("s3:ReplicateObjectAnnotation"), Effect: "Deny" }]],
    ["enough", "COMPLETED", [objects, reads]],
  ];
  for (const [key, expected, statements] of cases) {
    asRole(...statements);
    await house.put(BUCKET, key, "1");
    await annotate(key, "n", "text");
    // The sessions of roles are kept for minutes, by each run.
    await run();
    assert.equal(await status(key, "n"), expected, key);
    assert.equal((await house.get(REPLICAS, key)).text.toString(), "1");
    assert.equal((await listed(REPLICAS, key)).length, expected === "COMPLETED" ? 1 : 0);
  }
});

test("the destination's policy forbids annotations alone, in another account too", async () => {
  const other = await replicatingHouse(OTHER_ACCOUNT);
  await letRoleIn(other.house);
  await other.configure();
  const work = () => other.house.work("s3.replication", new Date(Date.parse("2026-11-21T09:00:00Z")));
  const told = async (Key: string) => {
    await other.house.put(BUCKET, Key, "1");
    const named = { Bucket: BUCKET, Key, AnnotationName: "n" };
    await other.house.call("PutObjectAnnotation", named, { body: testBody([Buffer.from("text")]) });
    await work();
    const object = await other.house.call("HeadObject", { Bucket: BUCKET, Key });
    return [object["ReplicationStatus"], (await other.house.call("GetObjectAnnotation", named))["ReplicationStatus"]];
  };
  assert.deepEqual(await told("a"), ["COMPLETED", "COMPLETED"]);
  const Resource = `arn:aws:s3:::${REPLICAS}/*`;
  const Statement = [
    { Effect: "Allow", Principal: { AWS: ROLE }, Action: "s3:ReplicateObject", Resource },
    { Effect: "Deny", Principal: { AWS: ROLE }, Action: "s3:ReplicateObjectAnnotation", Resource },
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await other.house.call("PutBucketPolicy", { Bucket: REPLICAS, Policy }, { caller: rootCaller(OTHER_ACCOUNT) });
  assert.deepEqual(await told("b"), ["COMPLETED", "FAILED"]);
  await other.house.close();
});

test("under KMS it is opened with one key and sealed with the replica's; what breaks is tried again and leaves nothing", async () => {
  const kms = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } } };
  await put([rule(kms, { EncryptionConfiguration: { ReplicaKmsKeyID: KEY_ARN } })]);
  await house.put(BUCKET, "sealed", "1", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  await run();
  await annotate("sealed", "n", LONG);
  const blobs = await house.blobNames();
  house.keys.refusal = new AwsError("KMSInternalException", "", { fault: "server", status: 500 });
  await run();
  assert.equal(await status("sealed", "n").catch(() => "refused"), "refused");
  house.keys.refusal = undefined;
  assert.equal(await status("sealed", "n"), "PENDING");
  assert.deepEqual(await house.blobNames(), blobs);
  clock.advance(1000);
  house.keys.calls.length = 0;
  await run();
  const used = house.keys.calls.map(({ operation, context }) => [operation, context?.["aws:s3:arn"]]);
  assert.deepEqual(used, [
    ["Decrypt", `arn:aws:s3:::${BUCKET}/sealed`],
    ["GenerateDataKey", `arn:aws:s3:::${REPLICAS}/sealed`],
  ]);
  assert.equal((await get(REPLICAS, "sealed", "n"))["ServerSideEncryption"], "aws:kms");
  assert.equal(await textOf(REPLICAS, "sealed", "n"), LONG);
});

test("a replica that is gone takes none; a locked one takes a new name, and no other text for one that it has", async () => {
  const { VersionId } = await house.put(BUCKET, "removed", "1");
  await run();
  await house.call("DeleteObject", { Bucket: REPLICAS, Key: "removed", VersionId });
  await annotate("removed", "n", "text");
  await house.put(BUCKET, "held", "1");
  await annotate("held", "n", "first");
  await run();
  assert.equal(await status("removed", "n"), "FAILED");
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" };
  await house.call("PutObjectLockConfiguration", { Bucket: REPLICAS, ObjectLockConfiguration });
  await house.call("PutObjectLegalHold", { Bucket: REPLICAS, Key: "held", LegalHold: { Status: "ON" } });
  await annotate("held", "n", "second");
  await annotate("held", "new", "text");
  await run();
  assert.deepEqual(await listed(BUCKET, "held"), [
    ["n", "FAILED"],
    ["new", "COMPLETED"],
  ]);
  assert.deepEqual([await textOf(REPLICAS, "held", "n"), await textOf(REPLICAS, "held", "new")], ["first", "text"]);
});

test("a batch job brings the annotations of what was there before the rules, and leaves those that are there", async () => {
  await house.call("DeleteBucketReplication", { Bucket: BUCKET });
  await house.put(BUCKET, "old", "1");
  await annotate("old", "n", "text");
  await configure();
  const caller = roleCaller("batch", "s3-batch-1", [only("s3:InitiateReplication")]);
  const initiate = () =>
    callOperation(house.service.initiateReplication, testContext({ clock, caller }), { Bucket: BUCKET, Key: "old" });
  await initiate();
  assert.deepEqual(await listed(BUCKET, "old"), [["n", "COMPLETED"]]);
  assert.equal(await textOf(REPLICAS, "old", "n"), "text");
  clock.advance(1000);
  const before = await house.blobNames();
  await initiate();
  assert.deepEqual([await listed(REPLICAS, "old"), await house.blobNames()], [[["n", "REPLICA"]], before]);
  await annotate("old", "later", "text");
  house.roles.set(`${ROLE}-2`, roleCaller("replicator", "s3-replication", [only("s3:GetObjectVersionForReplication")]));
  await put([rule()], {}, `${ROLE}-2`);
  await run(); // as the role of when it was put
  await annotate("old", "refused", "text");
  await assert.rejects(initiate(), is("AccessDenied"));
  assert.deepEqual((await listed(BUCKET, "old")).at(-1), ["refused", "FAILED"]);
});
