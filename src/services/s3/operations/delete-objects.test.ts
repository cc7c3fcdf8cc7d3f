import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const objects = (...keys: string[]) => ({ Objects: keys.map((Key) => ({ Key })) });
const remove = (Delete: object, parts: object = {}) =>
  house.call<Answer>("DeleteObjects", { Bucket: BUCKET, Delete }, parts);

test("one object: denied, absent, conditional, gone", async () => {
  const { ETag } = await house.put(BUCKET, "one", Buffer.alloc(50_000));
  const input = { Bucket: BUCKET, Key: "one" };
  await assert.rejects(house.call("DeleteObject", input, { caller: userCaller("nobody") }), Denied);
  await assert.rejects(house.call("DeleteObject", { ...input, IfMatch: '"other"' }), (thrown) =>
    isAwsError(thrown, "PreconditionFailed"),
  );
  await assert.rejects(
    house.call("DeleteObject", { ...input, IfMatchLastModifiedTime: new Date(0) }),
    (thrown) => isAwsError(thrown, "NotImplemented") && thrown.fields["Header"] === "x-amz-if-match-last-modified-time",
  );
  assert.equal((await house.blobNames()).length, 1);
  await house.call("DeleteObject", { ...input, IfMatch: ETag });
  assert.deepEqual(await house.blobNames(), []);
  await house.call("DeleteObject", input);
});

test("keys that were never there count as deleted, unknown versions do not", async () => {
  await house.put(BUCKET, "a", "x");
  const answer = await remove({
    Objects: [{ Key: "a" }, { Key: "never" }, { Key: "a", VersionId: "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD" }],
  });
  assert.deepEqual(answer["Deleted"], [{ Key: "a" }, { Key: "never" }]);
  assert.deepEqual(answer["Errors"], [
    {
      Key: "a",
      VersionId: "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD",
      Code: "NoSuchVersion",
      Message: "The specified version does not exist.",
    },
  ]);
  await assert.rejects(house.get(BUCKET, "a"), (thrown) => isAwsError(thrown, "NoSuchKey"));
});

test("each key is authorized by itself, and says so as S3 does", async () => {
  await house.put(BUCKET, "mine/1", "x");
  await house.put(BUCKET, "yours/1", "x");
  const caller = userCaller("half", [
    {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:DeleteObject", Resource: `arn:aws:s3:::${BUCKET}/mine/*` }],
    },
  ]);
  const answer = await remove(objects("mine/1", "yours/1"), { caller });
  assert.deepEqual(answer["Deleted"], [{ Key: "mine/1" }]);
  assert.deepEqual(answer["Errors"], [
    {
      Key: "yours/1",
      Code: "AccessDenied",
      Message: `User: ${caller.principal.arn} is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::${BUCKET}/yours/1" because no identity-based policy allows the s3:DeleteObject action`,
    },
  ]);
  assert.equal((await house.get(BUCKET, "yours/1")).text.toString(), "x");
});

test("quiet answers tell failures alone; none and too many are malformed", async () => {
  assert.deepEqual(await remove({ ...objects("never"), Quiet: true }), {});
  for (const Delete of [objects(), objects(...Array.from({ length: 1001 }, (_, n) => String(n)))]) {
    await assert.rejects(remove(Delete), (thrown) => isAwsError(thrown, "MalformedXML"));
  }
  await assert.rejects(house.call("DeleteObjects", { Bucket: "no-such-bucket", Delete: objects("a") }), (thrown) =>
    isAwsError(thrown, "NoSuchBucket"),
  );
});

test("a key whose ETag is another one stays, and fails alone", async () => {
  const { ETag } = await house.put(BUCKET, "same", "x");
  await house.put(BUCKET, "changed", "y");
  const answer = await remove({
    Objects: [
      { Key: "same", ETag },
      { Key: "changed", ETag },
      { Key: "gone", ETag },
    ],
  });
  assert.deepEqual(answer["Deleted"], [{ Key: "same" }]);
  assert.deepEqual(answer["Errors"], [
    {
      Key: "changed",
      Code: "PreconditionFailed",
      Message: "At least one of the pre-conditions you specified did not hold",
    },
    { Key: "gone", Code: "NoSuchKey", Message: "The specified key does not exist." },
  ]);
  assert.equal((await house.get(BUCKET, "changed")).text.toString(), "y");
  for (const condition of [{ Size: 1 }, { LastModifiedTime: new Date(0) }]) {
    await assert.rejects(remove({ Objects: [{ Key: "changed", ...condition }] }), (thrown) =>
      isAwsError(thrown, "NotImplemented"),
    );
  }
});

test("what has to be there is not, or is hidden by a marker", async () => {
  const one = { Bucket: "conditional", Key: "k", IfMatch: "*" };
  await house.call("CreateBucket", { Bucket: one.Bucket });
  await assert.rejects(house.call("DeleteObject", one), (thrown) => isAwsError(thrown, "NoSuchKey"));
  await house.call("PutBucketVersioning", { ...one, VersioningConfiguration: { Status: "Enabled" } });
  await house.put(one.Bucket, one.Key, "x");
  await house.call("DeleteObject", one);
  await assert.rejects(house.call("DeleteObject", one), (thrown) => isAwsError(thrown, "PreconditionFailed"));
});

test("a policy can ask for a condition, of one key and of many", async () => {
  await house.put(BUCKET, "asked/1", "x");
  const { ETag } = await house.put(BUCKET, "asked/2", "x");
  const Resource = `arn:aws:s3:::${BUCKET}/asked/*`;
  const Condition = { Null: { "s3:if-match": "true" } };
  const caller = userCaller("careful", [
    {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "s3:DeleteObject", Resource },
        { Effect: "Deny", Action: "s3:DeleteObject", Resource, Condition },
      ],
    },
  ]);
  const one = { Bucket: BUCKET, Key: "asked/1" };
  await assert.rejects(house.call("DeleteObject", one, { caller }));
  await house.call("DeleteObject", { ...one, IfMatch: "*" }, { caller, headers: { "if-match": "*" } });
  const answer = await remove({ Objects: [{ Key: "asked/2" }, { Key: "asked/2", ETag }] }, { caller });
  assert.deepEqual(answer["Deleted"], [{ Key: "asked/2" }]);
  assert.equal((answer["Errors"] as unknown[]).length, 1); // the one without a condition
});
