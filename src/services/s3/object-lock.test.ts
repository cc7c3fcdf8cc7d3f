import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, test } from "node:test";
import { DAY_MS, isAwsError, ManualClock } from "../../base/index.js";
import { Denied } from "../../identity/index.js";
import { userCaller } from "../../kit/testing.js";
import { type Answer, BUCKET, s3House } from "./testing.js";

const LOCKED = "bucket-with-lock";
const START = "2026-11-21T09:00:00Z";
const clock = new ManualClock(START);
const house = await s3House();
after(() => house.close());

const code = (name: string, message?: string) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown, name), String(thrown));
  if (message !== undefined) assert.equal(thrown.message, message);
  return true;
};
const protectedByLock = code("AccessDenied", "Access Denied because object protected by object lock.");
const call = (name: string, input: object, parts: object = {}) =>
  house.call<Answer>(name, { Bucket: LOCKED, ...input }, { clock, ...parts });
const inDays = (days: number) => new Date(clock.nowMs() + days * DAY_MS);
const put = async (Key: string, input: object = {}, Bucket = LOCKED) => {
  const ContentMD5 = createHash("md5").update("x").digest("base64");
  return (await house.put(Bucket, Key, "x", { ContentMD5, ...input }, { clock }))["VersionId"] as string; // versioning is on
};
const retained = (Mode: string, days: number) => ({ ObjectLockMode: Mode, ObjectLockRetainUntilDate: inDays(days) });
const remove = (Key: string, VersionId: string, input: object = {}, parts: object = {}) =>
  call("DeleteObject", { Key, VersionId, ...input }, parts);
const policy = (...Action: string[]) => [
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] },
];

test("a bucket with Object Lock is made with two permissions more, versioned for ever", async () => {
  const input = { Bucket: LOCKED, ObjectLockEnabledForBucket: true };
  await assert.rejects(call("CreateBucket", input, { caller: userCaller("maker", policy("s3:CreateBucket")) }), Denied);
  const maker = policy("s3:CreateBucket", "s3:PutBucketVersioning", "s3:PutBucketObjectLockConfiguration");
  await call("CreateBucket", input, { caller: userCaller("maker", maker) });
  assert.deepEqual(await call("GetBucketVersioning", {}), { Status: "Enabled" });
  assert.deepEqual(await call("GetObjectLockConfiguration", {}), {
    ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
  });
  await assert.rejects(
    call("PutBucketVersioning", { VersioningConfiguration: { Status: "Suspended" } }),
    code("InvalidBucketState"),
  );
});

test("lock headers are refused in every wrong form, and where the bucket has no lock", async () => {
  const both = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
  const wrong: [object, string, string][] = [
    [{ ObjectLockMode: "GOVERNANCE" }, "InvalidArgument", both],
    [{ ObjectLockRetainUntilDate: inDays(1) }, "InvalidArgument", both],
    [retained("BAD-VALUE", 1), "InvalidArgument", "Unknown wormMode directive."],
    [retained("GOVERNANCE", -1), "InvalidArgument", "The retain until date must be in the future!"],
    [{ ObjectLockLegalHoldStatus: "on" }, "InvalidArgument", "Legal Hold must be either of 'ON' or 'OFF'"],
    [
      { ...retained("GOVERNANCE", 1), ContentMD5: undefined },
      "InvalidRequest",
      "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
    ],
  ];
  for (const [input, name, message] of wrong) await assert.rejects(put("wrong", input), code(name, message));
  await assert.rejects(
    put("wrong", retained("GOVERNANCE", 1), BUCKET),
    code("InvalidRequest", "Bucket is missing Object Lock Configuration"),
  );
  await assert.rejects(call("HeadObject", { Key: "wrong" }), code("NoSuchKey"));
});

test("governance gives way to who may bypass it and says so; a marker hides without removing", async () => {
  const VersionId = await put("governed", retained("GOVERNANCE", 10));
  await assert.rejects(remove("governed", VersionId), protectedByLock);
  const may = userCaller("may", policy("s3:*"));
  const mayNot = userCaller("maynot", policy("s3:DeleteObjectVersion"));
  const bypass = { BypassGovernanceRetention: true };
  await assert.rejects(remove("governed", VersionId, {}, { caller: may }), protectedByLock);
  await assert.rejects(remove("governed", VersionId, bypass, { caller: mayNot }), Denied);
  const marker = await call("DeleteObject", { Key: "governed" });
  assert.equal(marker["DeleteMarker"], true);
  assert.equal((await call("HeadObject", { Key: "governed", VersionId }))["ObjectLockMode"], "GOVERNANCE");
  await remove("governed", VersionId, bypass, { caller: may });
  await assert.rejects(call("HeadObject", { Key: "governed", VersionId }), code("NoSuchVersion"));
});

test("compliance gives way to nobody, only to time, and can be made longer alone", async () => {
  const VersionId = await put("complied", retained("COMPLIANCE", 10));
  const bypass = { BypassGovernanceRetention: true };
  const retain = (Mode: string, days: number) =>
    call("PutObjectRetention", {
      Key: "complied",
      VersionId,
      Retention: { Mode, RetainUntilDate: inDays(days) },
      ...bypass,
    });
  await assert.rejects(remove("complied", VersionId, bypass), protectedByLock);
  await assert.rejects(retain("COMPLIANCE", 9), protectedByLock);
  await assert.rejects(retain("GOVERNANCE", 20), protectedByLock);
  await assert.rejects(call("PutObjectRetention", { Key: "complied", VersionId, ...bypass }), protectedByLock);
  await retain("COMPLIANCE", 11);
  clock.advance(10 * DAY_MS);
  await assert.rejects(remove("complied", VersionId), protectedByLock);
  clock.advance(DAY_MS);
  await remove("complied", VersionId);
});

test("a retention is put, told, extended, shortened under bypass alone, and taken away", async () => {
  const VersionId = await put("term");
  const retain = (Retention: object | undefined, input: object = {}) =>
    call("PutObjectRetention", { Key: "term", VersionId, Retention, ...input });
  await assert.rejects(call("GetObjectRetention", { Key: "term" }), code("NoSuchObjectLockConfiguration"));
  for (const bad of [
    { Mode: "GOVERNANCE" },
    { RetainUntilDate: inDays(1) },
    { Mode: "x", RetainUntilDate: inDays(1) },
  ]) {
    await assert.rejects(retain(bad), code("MalformedXML"));
  }
  await assert.rejects(
    retain({ Mode: "GOVERNANCE", RetainUntilDate: new Date("2020-01-01T00:00:00Z") }),
    (thrown) =>
      isAwsError(thrown, "InvalidArgument") && thrown.fields["ArgumentValue"] === "Tue Dec 31 16:00:00 PST 2019",
  );
  await retain({ Mode: "GOVERNANCE", RetainUntilDate: inDays(5) });
  assert.deepEqual(await call("GetObjectRetention", { Key: "term", VersionId }), {
    Retention: { Mode: "GOVERNANCE", RetainUntilDate: inDays(5) },
  });
  await retain({ Mode: "GOVERNANCE", RetainUntilDate: inDays(6) });
  await assert.rejects(retain({ Mode: "GOVERNANCE", RetainUntilDate: inDays(4) }), protectedByLock);
  await assert.rejects(retain({ Mode: "COMPLIANCE", RetainUntilDate: inDays(7) }), protectedByLock);
  await assert.rejects(retain({}), protectedByLock);
  await assert.rejects(
    retain({}, { BypassGovernanceRetention: true, Bucket: BUCKET, VersionId: undefined }),
    code("NoSuchKey"),
  );
  await retain({}, { BypassGovernanceRetention: true });
  await assert.rejects(call("GetObjectRetention", { Key: "term" }), code("NoSuchObjectLockConfiguration"));
  await remove("term", VersionId);
});

test("a legal hold has no end, and bypass does not reach it", async () => {
  const VersionId = await put("held", { ObjectLockLegalHoldStatus: "ON" });
  const hold = (Status: string | undefined) => call("PutObjectLegalHold", { Key: "held", LegalHold: { Status } });
  await assert.rejects(hold(undefined), code("MalformedXML"));
  await assert.rejects(hold("off"), code("MalformedXML"));
  clock.advance(1000 * DAY_MS);
  await assert.rejects(remove("held", VersionId, { BypassGovernanceRetention: true }), protectedByLock);
  const batch = await call("DeleteObjects", { Delete: { Objects: [{ Key: "held", VersionId }, { Key: "other" }] } });
  assert.deepEqual(batch["Errors"], [
    {
      Key: "held",
      VersionId,
      Code: "AccessDenied",
      Message: "Access Denied because object protected by object lock.",
    },
  ]);
  assert.equal((batch["Deleted"] as object[]).length, 1);
  assert.deepEqual(await call("GetObjectLegalHold", { Key: "held" }), { LegalHold: { Status: "ON" } });
  await hold("OFF");
  assert.equal((await call("HeadObject", { Key: "held" }))["ObjectLockLegalHoldStatus"], "OFF");
  await remove("held", VersionId);
  await put("free");
  await assert.rejects(call("GetObjectLegalHold", { Key: "free" }), code("NoSuchObjectLockConfiguration"));
});

test("a lock is told to who may read it, and is not copied", async () => {
  const VersionId = await put("told", { ...retained("GOVERNANCE", 1), ObjectLockLegalHoldStatus: "ON" });
  const head = (...actions: string[]) =>
    call("HeadObject", { Key: "told" }, { caller: userCaller("reader", policy("s3:GetObject", ...actions)) });
  const plain = await head();
  assert.deepEqual([plain["ObjectLockMode"], plain["ObjectLockLegalHoldStatus"]], [undefined, undefined]);
  assert.equal((await head("s3:GetObjectRetention"))["ObjectLockMode"], "GOVERNANCE");
  assert.equal((await head("s3:GetObjectLegalHold"))["ObjectLockLegalHoldStatus"], "ON");
  await call("CopyObject", { Key: "copy", CopySource: `${LOCKED}/told?versionId=${VersionId}` });
  assert.equal((await call("HeadObject", { Key: "copy" }))["ObjectLockMode"], undefined);
});

test("to lock needs its permission, and policies see mode, days and hold", async () => {
  const writer = (condition: object, ...actions: string[]) => ({
    caller: userCaller("writer", [
      {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: actions, Resource: "*", Condition: condition }],
      },
    ]),
  });
  const ContentMD5 = createHash("md5").update("").digest("base64");
  const lock = (days: number, parts: object) =>
    call("PutObject", { Key: "conditions", ContentMD5, ...retained("GOVERNANCE", days) }, parts);
  await assert.rejects(lock(5, writer({}, "s3:PutObject")), Denied);
  await lock(5, writer({}, "s3:PutObject", "s3:PutObjectRetention"));
  const atMost = { NumericLessThanEquals: { "s3:object-lock-remaining-retention-days": "10" } };
  const bounded = writer(atMost, "s3:PutObject", "s3:PutObjectRetention");
  await lock(10, bounded);
  await assert.rejects(lock(11, bounded), Denied);
  const retention = (Mode: string) =>
    call(
      "PutObjectRetention",
      { Key: "conditions", Retention: { Mode, RetainUntilDate: inDays(20) } },
      writer({ StringEquals: { "s3:object-lock-mode": "GOVERNANCE" } }, "s3:PutObjectRetention"),
    );
  await assert.rejects(retention("COMPLIANCE"), Denied);
  await retention("GOVERNANCE");
});

test("the default retention takes hold of what names none, uploads too", async () => {
  const configure = (Rule: object | undefined, ObjectLockEnabled: string | undefined = "Enabled", Bucket = LOCKED) =>
    call("PutObjectLockConfiguration", { Bucket, ObjectLockConfiguration: { ObjectLockEnabled, Rule } });
  const rule = (DefaultRetention: object) => ({ DefaultRetention });
  await assert.rejects(configure(undefined, "Enabled", BUCKET), code("InvalidBucketState"));
  await assert.rejects(configure(undefined, "no"), code("MalformedXML"));
  for (const bad of [{}, { Mode: "GOVERNANCE" }, { Mode: "x", Days: 1 }, { Mode: "GOVERNANCE", Days: 1, Years: 1 }]) {
    await assert.rejects(configure(rule(bad)), code("MalformedXML"));
  }
  for (const bad of [{ Days: 0 }, { Days: 36_501 }, { Years: 101 }, { Years: -1 }]) {
    await assert.rejects(configure(rule({ Mode: "GOVERNANCE", ...bad })), code("InvalidArgument"));
  }
  await configure(rule({ Mode: "COMPLIANCE", Years: 1 }));
  assert.deepEqual(await call("GetObjectLockConfiguration", {}), {
    ObjectLockConfiguration: {
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "COMPLIANCE", Years: 1 } },
    },
  });
  const yearLater = clock.now();
  yearLater.setUTCFullYear(yearLater.getUTCFullYear() + 1);
  await put("by-default");
  const head = await call("HeadObject", { Key: "by-default" });
  assert.deepEqual([head["ObjectLockMode"], head["ObjectLockRetainUntilDate"]], ["COMPLIANCE", yearLater]);
  await put("by-header", retained("GOVERNANCE", 3));
  assert.deepEqual((await call("HeadObject", { Key: "by-header" }))["ObjectLockRetainUntilDate"], inDays(3));

  await configure(rule({ Mode: "GOVERNANCE", Days: 2 }));
  const upload = { Key: "uploaded", UploadId: (await call("CreateMultipartUpload", { Key: "uploaded" }))["UploadId"] };
  await assert.rejects(call("UploadPart", { ...upload, PartNumber: 1 }), code("InvalidRequest"));
  const ContentMD5 = createHash("md5").update("").digest("base64");
  const { ETag } = await call("UploadPart", { ...upload, PartNumber: 1, ContentMD5 });
  await call("CompleteMultipartUpload", { ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } });
  assert.deepEqual((await call("HeadObject", { Key: "uploaded" }))["ObjectLockRetainUntilDate"], inDays(2));
  await configure(undefined);
  await put("unlocked-again");
  assert.equal((await call("HeadObject", { Key: "unlocked-again" }))["ObjectLockMode"], undefined);
});
