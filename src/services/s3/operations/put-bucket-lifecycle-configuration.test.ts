import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const put = (Rules: object[] | undefined, input: object = {}, parts: object = {}) =>
  house.call<Answer>(
    "PutBucketLifecycleConfiguration",
    { Bucket: BUCKET, LifecycleConfiguration: { Rules }, ...input },
    parts,
  );
const get = () => house.call<Answer>("GetBucketLifecycleConfiguration", { Bucket: BUCKET });
const rule = (actions: object, filter: object = { Filter: {} }) => ({
  ID: "r",
  Status: "Enabled",
  ...filter,
  ...actions,
});
const expiring = (Filter: object) => rule({ Expiration: { Days: 1 } }, { Filter });

test("PutBucketLifecycleConfiguration needs permission, a bucket and rules", async () => {
  await assert.rejects(put([expiring({})], {}, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(put([expiring({})], { Bucket: "no-such-bucket" }), (thrown) =>
    isAwsError(thrown, "NoSuchBucket"),
  );
  for (const rules of [undefined, [], Array.from({ length: 1001 }, (_, n) => ({ ...expiring({}), ID: `${n}` }))]) {
    await assert.rejects(put(rules), (thrown) => isAwsError(thrown, "MalformedXML"));
  }
});

const tag = { Key: "a", Value: "b" };
const days = (Days: number) => ({ Expiration: { Days } });
const moving = (...Transitions: object[]) => ({ Transitions });
const WRONG: readonly [string, object, string, string?][] = [
  ["without a filter", rule(days(1), {}), "MalformedXML"],
  ["with both filters", rule(days(1), { Filter: {}, Prefix: "" }), "MalformedXML"],
  ["with two predicates beside each other", expiring({ Prefix: "a", Tag: tag }), "MalformedXML"],
  ["with one predicate in And", expiring({ And: { Prefix: "a" } }), "MalformedXML"],
  [
    "with one tag twice",
    expiring({ And: { Tags: [tag, tag] } }),
    "InvalidRequest",
    "Duplicate Tag Keys are not allowed.",
  ],
  [
    "with sizes the wrong way",
    expiring({ And: { ObjectSizeGreaterThan: 10, ObjectSizeLessThan: 10 } }),
    "InvalidRequest",
  ],
  ["with no action", rule({}), "InvalidRequest", "At least one action needs to be specified in a rule"],
  ["neither on nor off", { ...expiring({}), Status: "On" }, "MalformedXML"],
  [
    "with a long id",
    { ...expiring({}), ID: "i".repeat(256) },
    "InvalidArgument",
    "ID length should not exceed allowed limit of 255",
  ],
  ["expiring at no time", rule({ Expiration: {} }), "MalformedXML"],
  ["expiring in two ways", rule({ Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }), "MalformedXML"],
  [
    "expiring after no day",
    rule(days(0)),
    "InvalidArgument",
    "'Days' for Expiration action must be a positive integer",
  ],
  [
    "expiring at noon",
    rule({ Expiration: { Date: new Date("2027-01-01T12:00:00Z") } }),
    "InvalidArgument",
    "'Date' must be at midnight GMT",
  ],
  ["moving to where objects begin", rule(moving({ Days: 1, StorageClass: "STANDARD" })), "MalformedXML"],
  [
    "moving to infrequent access too soon",
    rule(moving({ Days: 29, StorageClass: "STANDARD_IA" })),
    "InvalidArgument",
    "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
  ],
  [
    "moving twice to one class",
    rule(moving({ Days: 1, StorageClass: "GLACIER" }, { Days: 2, StorageClass: "GLACIER" })),
    "InvalidRequest",
  ],
  ["moving after it expired", rule({ ...days(5), ...moving({ Days: 5, StorageClass: "GLACIER" }) }), "InvalidArgument"],
  [
    "in days and by dates",
    rule({ ...days(5), ...moving({ Date: new Date("2027-01-01T00:00:00Z"), StorageClass: "GLACIER" }) }),
    "InvalidRequest",
  ],
  [
    "keeping 101 versions",
    rule({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 } }),
    "InvalidArgument",
  ],
  [
    "of noncurrent versions without days",
    rule({ NoncurrentVersionExpiration: { NewerNoncurrentVersions: 1 } }),
    "MalformedXML",
  ],
  [
    "aborting uploads by tags",
    rule({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }, { Filter: { Tag: tag } }),
    "InvalidRequest",
    "AbortIncompleteMultipartUpload cannot be specified with Tags.",
  ],
];

for (const [name, wrong, code, message] of WRONG) {
  test(`a rule ${name} is refused and changes nothing`, async () => {
    await assert.rejects(put([wrong]), (thrown) => {
      assert.ok(isAwsError(thrown, code), String(thrown));
      if (message !== undefined) assert.equal(thrown.message, message);
      return true;
    });
    await assert.rejects(get(), (thrown) => isAwsError(thrown, "NoSuchLifecycleConfiguration"));
  });
}

test("rules are told as they came; two of one id are one too many, and one without gets one", async () => {
  await assert.rejects(put([expiring({}), expiring({ Prefix: "b" })]), (thrown) =>
    isAwsError(thrown, "InvalidArgument"),
  );
  const rules = [
    { ...expiring({ And: { Prefix: "logs/", Tags: [tag], ObjectSizeLessThan: 9 } }), ID: "one" },
    { ID: "two", Status: "Disabled", Prefix: "", Expiration: { Date: new Date("2027-01-01T00:00:00Z") } },
  ];
  const answer = await put(rules, { TransitionDefaultMinimumObjectSize: "varies_by_storage_class" });
  assert.equal(answer["TransitionDefaultMinimumObjectSize"], "varies_by_storage_class");
  assert.deepEqual(await get(), { Rules: rules, TransitionDefaultMinimumObjectSize: "varies_by_storage_class" });
  await put([{ ...expiring({}), ID: undefined }]);
  const told = await get();
  assert.equal(told["TransitionDefaultMinimumObjectSize"], "all_storage_classes_128K");
  assert.match((told["Rules"] as { ID: string }[])[0]?.ID ?? "", /^[0-9a-f]{48}$/);
});
