import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { AwsError, isAwsError } from "../../../base/index.js";
import { OTHER_ACCOUNT, roleCaller, testBody } from "../../../kit/testing.js";
import { BUCKET, KEY_ARN, KEY_ID } from "../testing.js";
import { letRoleIn, REPLICAS, REPLICATOR, ROLE, replicatingHouse, rule } from "./testing.js";

const { house, put, configure } = await replicatingHouse();
after(() => house.close());

const run = (afterMs = 0) => house.work("s3.replication", new Date(Date.parse("2026-11-21T09:00:00Z") + afterMs));
const head = (Bucket: string, Key: string, VersionId?: unknown) =>
  house.call("HeadObject", { Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) });
const status = async (Key: string) => (await head(BUCKET, Key))["ReplicationStatus"];
const isMissing = (thrown: unknown) => isAwsError(thrown) && thrown.status === 404;

beforeEach(async () => {
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  house.keys.refusal = undefined;
  await configure();
});

test("only what a rule takes is replicated", async () => {
  const tagged = { Filter: { And: { Prefix: "in/", Tags: [{ Key: "k", Value: "v" }] } } };
  await put([rule(tagged)]);
  await house.put(BUCKET, "in/untagged", "1");
  await house.put(BUCKET, "out", "1", { Tagging: "k=v" });
  await house.put(BUCKET, "in/tagged", "1", { Tagging: "k=v" });
  await put([rule({ Status: "Disabled" })]);
  await house.put(BUCKET, "disabled", "1");
  await configure();
  await house.put(BUCKET, "kms", "1", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  await run();
  for (const key of ["in/untagged", "out", "disabled", "kms"]) {
    assert.equal(await status(key), undefined, key);
    await assert.rejects(head(REPLICAS, key), isMissing);
  }
  assert.equal(await status("in/tagged"), "COMPLETED");
  const tags = await house.call("GetObjectTagging", { Bucket: REPLICAS, Key: "in/tagged" });
  assert.deepEqual(tags["TagSet"], [{ Key: "k", Value: "v" }]);
});

test("a replica is the same version with the same bytes and headers, and is itself not replicated", async () => {
  const Metadata = { "x-own": "1" };
  const { VersionId, ETag } = await house.put(BUCKET, "a", "hello", { ContentType: "text/plain", Metadata });
  assert.equal(await status("a"), "PENDING");
  await run();
  await run();
  assert.equal(await status("a"), "COMPLETED");
  const replica = await house.get(REPLICAS, "a");
  assert.equal(replica.text.toString(), "hello");
  assert.equal(replica["ReplicationStatus"], "REPLICA");
  assert.equal(replica["ContentType"], "text/plain");
  assert.deepEqual(replica["Metadata"], Metadata);
  assert.deepEqual([replica["VersionId"], replica.ETag], [VersionId, ETag]);
  await house.call("CopyObject", { Bucket: BUCKET, Key: "copy", CopySource: `${REPLICAS}/a` });
  assert.equal(await status("copy"), "PENDING", "a copy is an object of its own");
  await run();
});

test("a body of several pieces keeps its parts", async () => {
  const created = await house.call("CreateMultipartUpload", { Bucket: BUCKET, Key: "parts" });
  const upload = { Bucket: BUCKET, Key: "parts", UploadId: created["UploadId"] };
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from("end")];
  const Parts: object[] = [];
  for (const [at, body] of bodies.entries()) {
    const part = await house.call("UploadPart", { ...upload, PartNumber: at + 1 }, { body: testBody([body]) });
    Parts.push({ PartNumber: at + 1, ETag: part["ETag"] });
  }
  const { ETag } = await house.call("CompleteMultipartUpload", { ...upload, MultipartUpload: { Parts } });
  await run();
  const replica = await house.get(REPLICAS, "parts");
  assert.equal(replica.ETag, ETag);
  assert.ok(replica.text.equals(Buffer.concat(bodies)));
  assert.equal((await house.get(REPLICAS, "parts", { PartNumber: 2 })).text.toString(), "end");
});

test("under KMS the role opens with one key and seals with the other, or the replica fails", async () => {
  const kms = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } } };
  const to = (key: string) => put([rule(kms, { EncryptionConfiguration: { ReplicaKmsKeyID: key } })]);
  const write = (key: string) => house.put(BUCKET, key, "1", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  await to("alias/no-such-key");
  await write("lost");
  await run();
  assert.equal(await status("lost"), "FAILED");
  await to(KEY_ARN);
  await write("sealed");
  house.keys.calls.length = 0;
  await run();
  assert.equal(await status("sealed"), "COMPLETED");
  const used = house.keys.calls.map(({ operation, context, viaService, caller }) => [
    operation,
    context,
    viaService,
    caller,
  ]);
  const role = house.roles.get(ROLE)?.principal.arn;
  const via = "s3.us-east-1.amazonaws.com";
  assert.deepEqual(used, [
    ["Decrypt", { "aws:s3:arn": `arn:aws:s3:::${BUCKET}/sealed` }, via, role],
    ["GenerateDataKey", { "aws:s3:arn": `arn:aws:s3:::${REPLICAS}/sealed` }, via, role],
  ]);
  const replica = await head(REPLICAS, "sealed");
  assert.deepEqual([replica["ServerSideEncryption"], replica["SSEKMSKeyId"]], ["aws:kms", KEY_ARN]);
});

test("without the role's trust or rights it fails; what breaks otherwise is tried again", async () => {
  house.roles.delete(ROLE);
  await house.put(BUCKET, "untrusted", "1");
  await run();
  assert.equal(await status("untrusted"), "FAILED");
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", []));
  await house.put(BUCKET, "not-allowed", "1");
  await run();
  assert.equal(await status("not-allowed"), "FAILED");

  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  const kms = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } } };
  await put([rule(kms, { EncryptionConfiguration: { ReplicaKmsKeyID: KEY_ARN } })]);
  await house.put(BUCKET, "later", "1", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  house.keys.refusal = new AwsError("KMSInternalException", "", { fault: "server", status: 500 });
  await run();
  assert.equal(await status("later"), "PENDING");
  house.keys.refusal = undefined;
  await run();
  assert.equal(await status("later"), "PENDING", "it is left alone for a second");
  await run(1000);
  assert.equal(await status("later"), "COMPLETED");
});

test("delete markers go along where a rule says so, removed versions never", async () => {
  await put([rule({ DeleteMarkerReplication: { Status: "Enabled" } })]);
  const { VersionId } = await house.put(BUCKET, "gone", "1");
  const marker = await house.call("DeleteObject", { Bucket: BUCKET, Key: "gone" });
  await run();
  await assert.rejects(head(REPLICAS, "gone"), isMissing);
  await head(REPLICAS, "gone", VersionId);
  const { DeleteMarkers } = await house.call<{ DeleteMarkers: { VersionId: string }[] }>("ListObjectVersions", {
    Bucket: REPLICAS,
    Prefix: "gone",
  });
  assert.deepEqual(
    DeleteMarkers.map((one) => one.VersionId),
    [marker["VersionId"]],
  );
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "gone", VersionId });
  await run();
  await head(REPLICAS, "gone", VersionId);
});

test("another account's bucket takes replicas where its policy lets the role in, and only as the account that is named", async () => {
  const other = await replicatingHouse(OTHER_ACCOUNT);
  const work = () => other.house.work("s3.replication");
  const statusOf = async (Key: string) =>
    (await other.house.call("HeadObject", { Bucket: BUCKET, Key }))["ReplicationStatus"];
  await other.configure();
  await other.house.put(BUCKET, "refused", "1");
  await work();
  assert.equal(await statusOf("refused"), "FAILED");
  await letRoleIn(other.house);
  await other.house.put(BUCKET, "taken", "1");
  await work();
  assert.equal(await statusOf("taken"), "COMPLETED");
  await other.put([rule({}, { Account: "111122223333" })]);
  await other.house.put(BUCKET, "wrong-account", "1");
  await work();
  assert.equal(await statusOf("wrong-account"), "FAILED");
  await other.house.close();
});
