import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { REPLICAS, ROLE, replicatingHouse, rule } from "../replication/testing.js";
import { BUCKET } from "../testing.js";

const { house, put } = await replicatingHouse();
after(() => house.close());

const get = () => house.call("GetBucketReplication", { Bucket: BUCKET });
const kms = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } } };
const keyed = { EncryptionConfiguration: { ReplicaKmsKeyID: "alias/mine" } };

test("rules that cannot be are refused in S3's words, and change nothing", async () => {
  await put([rule()]);
  const before = await get();
  const { Filter: _filter, ...older } = rule();
  const cases: [object[], string, RegExp][] = [
    [[], "MalformedXML", /./],
    [[rule({ Priority: undefined })], "InvalidRequest", /Priority must be specified/],
    [[rule({ DeleteMarkerReplication: undefined })], "InvalidRequest", /DeleteMarkerReplication must be specified/],
    [
      [rule({ Filter: { Tag: { Key: "a", Value: "b" } }, DeleteMarkerReplication: { Status: "Enabled" } })],
      "InvalidRequest",
      /not supported if any Tag filter/,
    ],
    [[rule({ Prefix: "a" })], "MalformedXML", /./],
    [[older], "MalformedXML", /./],
    [[rule(), rule({ Priority: 2 })], "InvalidArgument", /Rule Id must be unique/],
    [[rule(), rule({ ID: "two" })], "InvalidRequest", /duplicate priority/],
    [[rule(kms)], "InvalidRequest", /ReplicaKmsKeyID must be specified/],
    [[rule({}, keyed)], "InvalidRequest", /SseKmsEncryptedObjects must be specified/],
    [[rule({}, { AccessControlTranslation: { Owner: "Destination" } })], "InvalidRequest", /account must be specified/],
    [[rule({}, { Account: "1" })], "InvalidArgument", /Invalid account/],
    [[rule({}, { Bucket: "replicas" })], "InvalidArgument", /Invalid bucket ARN/],
    [[rule({}, { Bucket: "arn:aws:s3:::no-such-bucket" })], "InvalidRequest", /must exist/],
    [[rule({}, { Bucket: `arn:aws:s3:::${BUCKET}` })], "InvalidRequest", /cannot be the same/],
    [[rule({ ExistingObjectReplication: { Status: "Enabled" } })], "NotImplemented", /./],
    [[rule({ SourceSelectionCriteria: { ReplicaModifications: { Status: "Enabled" } } })], "NotImplemented", /./],
  ];
  for (const [rules, code, text] of cases)
    await assert.rejects(put(rules), (thrown) => isAwsError(thrown, code) && text.test(thrown.message), String(text));
  const badRole = (thrown: unknown) => isAwsError(thrown, "InvalidArgument");
  await assert.rejects(put([rule()], {}, "replicator"), badRole);
  assert.deepEqual(await get(), before);
});

test("a role is passed by who may pass it", async () => {
  const allow = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource });
  const may = (...Statement: object[]) => ({ caller: userCaller("ann", [{ Version: "2012-10-17", Statement }]) });
  const onBucket = allow("s3:PutReplicationConfiguration", `arn:aws:s3:::${BUCKET}`);
  await assert.rejects(put([rule()], may()), Denied);
  await assert.rejects(put([rule()], may(onBucket)), Denied);
  await assert.rejects(put([rule()], may(onBucket, allow("iam:PassRole", `${ROLE}2`))), Denied);
  await put([rule()], may(onBucket, allow("iam:PassRole", ROLE)));
});

test("both buckets need versioning, and what is put is what is shown", async () => {
  const full = rule({ ...kms, ID: "kms", Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } } }, keyed);
  await put([full]);
  assert.deepEqual(await get(), { ReplicationConfiguration: { Role: ROLE, Rules: [full] } });
  await put([{ ...rule(), ID: undefined }]);
  const shown = (await get()) as { ReplicationConfiguration: { Rules: { ID: string }[] } }; // as just put
  assert.match(shown.ReplicationConfiguration.Rules[0]?.ID ?? "", /^[A-Z2-7]{48}$/);

  const Status = "Suspended";
  await house.call("PutBucketVersioning", { Bucket: REPLICAS, VersioningConfiguration: { Status } });
  const unversioned = (text: RegExp) => (thrown: unknown) =>
    isAwsError(thrown, "InvalidRequest") && text.test(thrown.message);
  await assert.rejects(put([rule()]), unversioned(/Destination bucket must have versioning enabled/));
  await house.call("CreateBucket", { Bucket: "plain-bucket" });
  const ReplicationConfiguration = { Role: ROLE, Rules: [rule()] };
  const plain = house.call("PutBucketReplication", { Bucket: "plain-bucket", ReplicationConfiguration });
  await assert.rejects(plain, unversioned(/Versioning must be 'Enabled'/));
});
