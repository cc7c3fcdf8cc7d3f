import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { DAY_MS } from "../../../base/index.js";
import { BUCKET, s3House } from "../testing.js";
import type { Sent } from "./destinations.js";

const QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs";
const OTHER = "arn:aws:sqs:us-east-1:111122223333:other";
const BUS = "arn:aws:events:us-east-1:111122223333:event-bus/default";
let told: { arn: string; message: Message }[] = [];
let answer: (arn: string, count: number) => Sent = () => "taken";
let sent = 0;
const house = await s3House({
  destinations: {
    has: () => true,
    async send(arn, body) {
      sent += 1;
      const result = answer(arn, sent);
      if (result === "taken") told.push({ arn, message: JSON.parse(body) as Message }); // made by this room
      return result;
    },
  },
});
after(() => house.close());

interface Message {
  readonly Event?: string;
  readonly "detail-type"?: string;
  readonly detail?: { readonly object: Record<string, unknown>; readonly reason?: string };
  readonly Records?: readonly {
    readonly eventName: string;
    readonly eventVersion: string;
    readonly userIdentity: object;
    readonly s3: { readonly configurationId: string; readonly object: Readonly<Record<string, string | number>> };
  }[];
}

const START = Date.parse("2026-11-21T09:00:00Z");
const worker = house.service.workers.find(({ name }) => name === "s3.events");
const run = (afterMs = 0) => worker?.run(new Date(START + afterMs));
const configure = (NotificationConfiguration: object) =>
  house.call("PutBucketNotificationConfiguration", { Bucket: BUCKET, NotificationConfiguration });
const names = () =>
  told.map(({ message }) => message.Records?.[0]?.eventName ?? message["detail-type"] ?? message.Event);

beforeEach(async () => {
  answer = () => "taken";
  await configure({});
  for (let at = 0; at < 3; at += 1) await run(30 * DAY_MS);
  told = [];
  sent = 0;
});

test("only what a rule names is told, with S3's own record", async () => {
  await configure({
    QueueConfigurations: [
      {
        Id: "csv",
        QueueArn: QUEUE,
        Events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"],
        Filter: { Key: { FilterRules: [{ Name: "suffix", Value: ".csv" }] } },
      },
    ],
  });
  await house.put(BUCKET, "a b/ü.csv", "12345");
  await house.put(BUCKET, "a.txt", "1");
  await house.call("CopyObject", { Bucket: BUCKET, Key: "copy.csv", CopySource: `${BUCKET}/a.txt` });
  await house.call("PutObjectTagging", { Bucket: BUCKET, Key: "copy.csv", Tagging: { TagSet: [] } });
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "copy.csv" });
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "never-there.csv" });
  await assert.rejects(house.put(BUCKET, "x.csv", "1", { IfMatch: "0".repeat(32) }));
  await run();
  assert.deepEqual(names(), ["s3:TestEvent", "ObjectCreated:Put", "ObjectCreated:Copy", "ObjectRemoved:Delete"]);
  const [, put, copy, removed] = told.map(({ message }) => message.Records?.[0]);
  assert.equal(put?.s3.configurationId, "csv");
  assert.equal(put.eventVersion, "2.1");
  assert.deepEqual(put.userIdentity, { principalId: "AWS:111122223333" });
  assert.equal(put.s3.object["key"], "a+b/%C3%BC.csv");
  assert.equal(put.s3.object["size"], 5);
  assert.equal(put.s3.object["eTag"], "827ccb0eea8a706c4c34a16891f84e7b");
  assert.equal("versionId" in put.s3.object, false);
  assert.equal("eTag" in (removed?.s3.object ?? {}), false);
  const order = [put, copy, removed].map((record) => String(record?.s3.object["sequencer"]));
  assert.deepEqual(order, [...new Set(order)].sort());
});

test("an event bus takes what EventBridge knows, without a test", async () => {
  await configure({ EventBridgeConfiguration: {} });
  await house.put(BUCKET, "a b", "1");
  await house.call("DeleteObjects", { Bucket: BUCKET, Delete: { Objects: [{ Key: "a b" }, { Key: "not there" }] } });
  await run();
  assert.deepEqual(names(), ["Object Created", "Object Deleted"]);
  assert.equal(told[0]?.arn, BUS);
  assert.equal(told[0].message.detail?.object["key"], "a b");
  assert.equal(told[0].message.detail?.reason, "PutObject");
});

test("what fails is told later, in order, and holds up nobody else", async () => {
  await configure({
    QueueConfigurations: [
      { QueueArn: QUEUE, Events: ["s3:ObjectCreated:*"] },
      { QueueArn: OTHER, Events: ["s3:ObjectRemoved:*"] },
    ],
  });
  await run();
  told = [];
  answer = (arn) => (arn === QUEUE ? "failed" : "taken");
  await house.put(BUCKET, "1", "1");
  await house.put(BUCKET, "2", "2");
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "1" });
  await run(1000);
  assert.deepEqual(names(), ["ObjectRemoved:Delete"]);
  sent = 0;
  answer = () => "taken";
  await run(1500);
  assert.equal(sent, 0, "it is left alone for a second");
  await run(2000);
  assert.deepEqual(
    told.slice(1).map(({ message }) => message.Records?.[0]?.s3.object["key"]),
    ["1", "2"],
  );
  await run(2000);
  assert.equal(sent, 2);
});

test("a message that is refused ten times, or is a day old, is given up; the next one is told", async () => {
  await configure({ QueueConfigurations: [{ QueueArn: QUEUE, Events: ["s3:ObjectCreated:*"] }] });
  await run();
  await house.put(BUCKET, "poison", "1");
  await house.put(BUCKET, "good", "1");
  told = [];
  sent = 0;
  answer = (_arn, count) => (count <= 10 ? "refused" : "taken");
  for (let at = 0; at < 12; at += 1) await run(3_600_000 + at * 300_000);
  assert.deepEqual(
    told.map(({ message }) => message.Records?.[0]?.s3.object["key"]),
    ["good"],
  );

  await house.put(BUCKET, "late", "1");
  answer = () => "failed";
  await run(DAY_MS - 1);
  answer = (_arn) => "failed";
  await run(2 * DAY_MS);
  told = [];
  answer = () => "taken";
  await run(3 * DAY_MS);
  assert.deepEqual(told, []);
});

test("with versions a deletion tells of its marker, and of the version that it removes", async () => {
  await house.call("PutBucketVersioning", { Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } });
  await configure({ QueueConfigurations: [{ QueueArn: QUEUE, Events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] }] });
  const { VersionId } = await house.put(BUCKET, "versioned", "1");
  const marker = await house.call("DeleteObject", { Bucket: BUCKET, Key: "versioned" });
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "versioned", VersionId });
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "versioned", VersionId });
  await run();
  const changes = told
    .slice(1)
    .map(({ message }) => [message.Records?.[0]?.eventName, message.Records?.[0]?.s3.object["versionId"]]);
  assert.deepEqual(changes, [
    ["ObjectCreated:Put", VersionId],
    ["ObjectRemoved:DeleteMarkerCreated", marker["VersionId"]],
    ["ObjectRemoved:Delete", VersionId],
  ]);
});

test("a list that was put is told", async () => {
  const Rules = [{ ObjectOwnership: "ObjectWriter" }];
  await house.call("PutBucketOwnershipControls", { Bucket: BUCKET, OwnershipControls: { Rules } });
  await house.put(BUCKET, "listed", "1");
  await configure({ QueueConfigurations: [{ QueueArn: QUEUE, Events: ["s3:ObjectAcl:Put"] }] });
  await house.call("PutObjectAcl", { Bucket: BUCKET, Key: "listed", ACL: "bucket-owner-full-control" });
  await run();
  assert.deepEqual(names(), ["s3:TestEvent", "ObjectAcl:Put"]);
  assert.equal(told[1]?.message.Records?.[0]?.eventVersion, "2.3");
});
