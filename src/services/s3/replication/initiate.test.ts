import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { AwsError, isAwsError, ManualClock, MINUTE_MS } from "../../../base/index.js";
import { callOperation, roleCaller, testContext } from "../../../kit/testing.js";
import { BUCKET, customerHeaders, KEY_ARN, KEY_ID } from "../testing.js";
import { REPLICAS, REPLICATOR, ROLE, replicatingHouse, rule } from "./testing.js";

const clock = new ManualClock("2026-11-21T09:00:00Z");
const rules = { newBucketsBlockSseC: false, customerKeysNeedTls: false };
const { house, put, configure } = await replicatingHouse(undefined, { clock, rules });
after(() => house.close());

const allow = (...Action: string[]) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "arn:aws:s3:::*" }],
});
const MAY = allow("s3:InitiateReplication");
/** As a batch job does it for one task. */
const initiate = (Key: string, VersionId?: unknown, policies: object[] = [MAY], Bucket = BUCKET) =>
  callOperation(
    house.service.initiateReplication,
    testContext({ clock, caller: roleCaller("batch", "s3-batch-1", policies) }),
    { Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) },
  );
const head = (Bucket: string, Key: string, more: object = {}) => house.call("HeadObject", { Bucket, Key, ...more });
const status = async (Key: string, more: object = {}) => (await head(BUCKET, Key, more))["ReplicationStatus"];
const is = (code: string) => (thrown: unknown) => isAwsError(thrown, code);
const isMissing = (thrown: unknown) => isAwsError(thrown) && thrown.status === 404;
const none = () => house.call("DeleteBucketReplication", { Bucket: BUCKET });
/** What was there before any rule was. */
async function putBefore(key: string, body: string, more: object = {}) {
  await none();
  const made = await house.put(BUCKET, key, body, more);
  await configure();
  return made;
}

beforeEach(async () => {
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  house.keys.refusal = undefined;
  await configure();
});

test("what no rule takes is not brought anywhere, each with its reason", async () => {
  await none();
  await house.put(BUCKET, "here", "1");
  await house.put(BUCKET, "kms", "1", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  await house.put(BUCKET, "archived", "1", { StorageClass: "GLACIER" });
  const { VersionId: marker } = await house.call("DeleteObject", { Bucket: BUCKET, Key: "marked" });
  await assert.rejects(initiate("here"), is("SrcBucketReplicationConfigMissing"));
  await put([rule({ Status: "Disabled" })]);
  await assert.rejects(initiate("here"), is("SrcObjectNotEligible"));
  await put([rule({ Filter: { Prefix: "else/" } })]);
  await assert.rejects(initiate("here"), is("SrcObjectNotEligible"));
  await configure();
  await assert.rejects(initiate("kms"), is("SrcObjectNotEligible"));
  await assert.rejects(initiate("archived"), is("SrcObjectNotEligible"));
  await assert.rejects(initiate("marked", marker), is("SrcObjectNotEligible"));
  await assert.rejects(initiate("here", undefined, []), { name: "Denied" });
  await assert.rejects(initiate("here", undefined, [REPLICATOR]), { name: "Denied" });
  await assert.rejects(initiate("not there", undefined, [allow("s3:InitiateReplication", "s3:ListBucket")]), isMissing);
  assert.equal(await status("here"), undefined, "nothing was begun");
  for (const key of ["here", "kms", "archived"]) await assert.rejects(head(REPLICAS, key), isMissing);
});

test("what was there before the rules is brought at once, and the source tells it", async () => {
  const { VersionId } = await putBefore("old", "from before");
  await house.work("s3.replication", clock.now());
  assert.equal(await status("old"), undefined, "a rule does not reach back by itself");
  await initiate("old");
  assert.equal(await status("old"), "COMPLETED");
  const replica = await house.get(REPLICAS, "old");
  assert.deepEqual([replica.text.toString(), replica["VersionId"]], ["from before", VersionId]);
  assert.equal(replica["ReplicationStatus"], "REPLICA");
  const blobs = await house.blobNames();
  await initiate("old", VersionId);
  assert.deepEqual([await status("old"), await house.blobNames()], ["COMPLETED", blobs], "again changes nothing");
});

test("what failed is brought when its reason is gone; what a customer's key seals goes as it lies", async () => {
  const KEY = customerHeaders(Buffer.alloc(32, 7));
  await house.put(BUCKET, "failed", "secret", KEY);
  house.roles.delete(ROLE);
  clock.advance(5 * MINUTE_MS); // until then its last session is used
  await house.work("s3.replication", clock.now());
  assert.equal(await status("failed", KEY), "FAILED");
  await assert.rejects(initiate("failed"), is("AssumeRoleNotPermitted"));
  assert.equal(await status("failed", KEY), "FAILED");
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  await initiate("failed");
  assert.equal(await status("failed", KEY), "COMPLETED");
  assert.equal((await house.get(REPLICAS, "failed", KEY)).text.toString(), "secret");
});

test("the replicator's own rights are asked too, and what breaks otherwise waits in the queue", async () => {
  const kms = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } } };
  const written = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID };
  await putBefore("broken", "1", written);
  await put([rule(kms, { EncryptionConfiguration: { ReplicaKmsKeyID: KEY_ARN } })]);
  house.keys.refusal = new AwsError("KMSInternalException", "", { fault: "server", status: 500 });
  await assert.rejects(initiate("broken"), (thrown) => isAwsError(thrown) && thrown.status === 500);
  assert.equal(await status("broken"), "PENDING");
  house.keys.refusal = undefined;
  await initiate("broken");
  assert.equal(await status("broken"), "COMPLETED");
  await house.work("s3.replication", clock.now());
  assert.equal(await status("broken"), "COMPLETED", "nothing is left in the queue");

  await putBefore("not-allowed", "1");
  const other = roleCaller("replicator", "s3-replication", []);
  house.roles.set(`${ROLE}-2`, other);
  await put([rule()], {}, `${ROLE}-2`);
  await assert.rejects(initiate("not-allowed"), is("AccessDenied"));
  assert.equal(await status("not-allowed"), "FAILED");
});

test("versions come in any order and lie in their own; a delete marker that comes late hides nothing", async () => {
  await none();
  const versions: unknown[] = [];
  for (const body of ["1", "2", "3"]) {
    clock.advance(1000);
    versions.push((await house.put(BUCKET, "versions", body)).VersionId);
    if (body !== "1") continue;
    clock.advance(1000);
    versions.push((await house.call("DeleteObject", { Bucket: BUCKET, Key: "versions" }))["VersionId"]);
  }
  await put([rule({ DeleteMarkerReplication: { Status: "Enabled" } })]);
  for (const at of [2, 3, 0, 1]) await initiate("versions", versions[at]);
  const listed = async (Bucket: string) => {
    const found = await house.call<Record<"Versions" | "DeleteMarkers", { VersionId: string; IsLatest: boolean }[]>>(
      "ListObjectVersions",
      { Bucket, Prefix: "versions" },
    );
    return [found.Versions, found.DeleteMarkers].map((some) => some.map((one) => [one.VersionId, one.IsLatest]));
  };
  assert.deepEqual(await listed(REPLICAS), await listed(BUCKET));
  assert.equal((await house.get(REPLICAS, "versions")).text.toString(), "3");
  await house.call("DeleteObject", { Bucket: REPLICAS, Key: "versions", VersionId: versions[3] });
  assert.equal((await house.get(REPLICAS, "versions")).text.toString(), "2");
  await house.call("DeleteObject", { Bucket: REPLICAS, Key: "versions", VersionId: versions[2] });
  await assert.rejects(head(REPLICAS, "versions"), isMissing, "now the marker is the latest");
});

test("a version without an id of its own is brought as that, and takes no place but that of its own replica", async () => {
  const other = "bucket-without-versions";
  await house.call("CreateBucket", { Bucket: other });
  await house.put(other, "null", "first");
  await house.put(other, "theirs", "first");
  const version = (Status: string, Bucket = other) =>
    house.call("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status } });
  await version("Suspended", REPLICAS);
  await house.put(REPLICAS, "theirs", "their own");
  await version("Enabled", REPLICAS);
  await version("Enabled");
  const rules = [rule({ DeleteMarkerReplication: { Status: "Enabled" } })];
  const configured = () =>
    house.call("PutBucketReplication", { Bucket: other, ReplicationConfiguration: { Role: ROLE, Rules: rules } });
  await configured();
  const once = (key: string) => initiate(key, "null", [MAY], other);
  await once("null");
  const replica = await house.get(REPLICAS, "null");
  assert.deepEqual([replica.text.toString(), replica["VersionId"]], ["first", "null"]);
  assert.deepEqual((await head(other, "null"))["ReplicationStatus"], "COMPLETED");
  await assert.rejects(once("theirs"), is("InvalidRequest"));
  assert.equal((await house.get(REPLICAS, "theirs")).text.toString(), "their own");
  const blobs = await house.blobNames();
  await once("null");
  assert.deepEqual(await house.blobNames(), blobs, "again changes nothing");

  await house.call("DeleteBucketReplication", { Bucket: other });
  clock.advance(1000);
  const { VersionId: newer } = await house.put(other, "null", "newer, with an id");
  await version("Suspended");
  clock.advance(1000);
  await house.put(other, "null", "second".repeat(20_000));
  await version("Enabled");
  await configured();
  await initiate("null", newer, [MAY], other);
  assert.equal((await house.get(REPLICAS, "null")).text.toString(), "newer, with an id");
  await once("null");
  assert.equal((await house.get(REPLICAS, "null")).text.toString(), "second".repeat(20_000));
  const { Versions } = await house.call<{ Versions: { VersionId: string }[] }>("ListObjectVersions", {
    Bucket: REPLICAS,
    Prefix: "null",
  });
  assert.deepEqual(
    Versions.map(({ VersionId }) => VersionId),
    ["null", newer],
  );
});

test("a replica is brought on as what it is, and its mark is asked for first", async () => {
  const KEY = customerHeaders(Buffer.alloc(32, 7));
  const third = "bucket-of-more-replicas";
  await house.call("CreateBucket", { Bucket: third });
  const VersioningConfiguration = { Status: "Enabled" };
  await house.call("PutBucketVersioning", { Bucket: third, VersioningConfiguration });
  for (const key of ["twice", "forged"]) await house.put(BUCKET, key, key, KEY);
  await house.work("s3.replication", clock.now());
  await house.call("PutBucketReplication", {
    Bucket: REPLICAS,
    ReplicationConfiguration: { Role: ROLE, Rules: [rule({}, { Bucket: `arn:aws:s3:::${third}` })] },
  });
  await initiate("twice", undefined, [MAY], REPLICAS);
  assert.equal((await head(REPLICAS, "twice", KEY))["ReplicationStatus"], "REPLICA");
  assert.equal((await house.get(third, "twice", KEY)).text.toString(), "twice");
  const row = "bucket_id = (SELECT id FROM buckets WHERE name = ?) AND key = ?";
  await house.database.write((tx) =>
    tx.run(
      `UPDATE objects SET (data_key, encryption) = (SELECT data_key, encryption FROM objects WHERE ${row}) WHERE ${row}`,
      ...[REPLICAS, Buffer.from("twice"), REPLICAS, Buffer.from("forged")],
    ),
  );
  await assert.rejects(initiate("forged", undefined, [MAY], REPLICAS), { name: "BrokenSeal" });
  await assert.rejects(head(third, "forged", KEY), isMissing, "no house marks for another place what it never marked");
});
