import assert from "node:assert/strict";
import { after, test } from "node:test";
import { DAY_MS } from "../../../base/index.js";
import { rootCaller, TEST_ACCOUNT } from "../../../kit/testing.js";
import { deliveriesAfter, insertAccessLines, selectBucket } from "../store/index.js";
import { BUCKET, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());
const LOGS = "bucket-of-logs";
await house.call("CreateBucket", { Bucket: LOGS });
const source = await house.database.read((tx) => selectBucket(tx, BUCKET));
const START = Date.parse("2026-11-21T09:00:00Z");

const configure = (more: object = {}) =>
  house.call("PutBucketLogging", {
    Bucket: BUCKET,
    BucketLoggingStatus: { LoggingEnabled: { TargetBucket: LOGS, TargetPrefix: "log/", ...more } },
  });
const letIn = (account = TEST_ACCOUNT) =>
  house.call("PutBucketPolicy", {
    Bucket: LOGS,
    Policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "logging.s3.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: `arn:aws:s3:::${LOGS}/log/*`,
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:aws:s3:::${BUCKET}` },
          },
        },
      ],
    }),
  });
const add = (lines: readonly [number, string][]) =>
  house.database.write((tx) =>
    insertAccessLines(
      tx,
      lines.map(([timeMs, line]) => ({ bucketId: source?.id ?? "", timeMs, line })),
    ),
  );
const keys = async () => {
  const { Contents = [] } = await house.call<{ Contents?: { Key: string }[] }>("ListObjectsV2", { Bucket: LOGS });
  return Contents.map(({ Key }) => Key);
};
const run = (afterMs = 0) => house.work("s3.access-log", new Date(START + afterMs));
const planned = () => house.database.read((tx) => deliveriesAfter(tx, 0, 10));

test("a bucket whose policy lets the log in not gets none of it, until it does; after a day it is lost", async () => {
  await configure();
  await add([[START, "one"]]);
  await run();
  assert.deepEqual(await keys(), []);
  await letIn("444455556666" as typeof TEST_ACCOUNT); // twelve digits
  await run(1000);
  assert.deepEqual(await keys(), []);
  await letIn();
  await run(2000);
  const [key = ""] = await keys();
  assert.match(key, /^log\/2026-11-21-09-00-00-[0-9A-F]{16}$/);
  assert.equal((await house.get(LOGS, key)).text.toString(), "one\n");

  await house.call("DeleteBucketPolicy", { Bucket: LOGS });
  await add([[START, "late"]]);
  await run();
  await run(DAY_MS);
  await letIn();
  await run(DAY_MS + 1000);
  assert.deepEqual(await keys(), [key]);
});

test("what was written before a crash is not written again", async () => {
  const before = await keys();
  await house.call("DeleteBucketPolicy", { Bucket: LOGS });
  await add([[START, "once"]]);
  await run();
  const [delivery] = await planned();
  assert.ok(delivery);
  await letIn();
  await house.put(LOGS, delivery.plan.key, delivery.body, {}, { caller: rootCaller() });
  const { ETag, LastModified } = await house.get(LOGS, delivery.plan.key);
  await run(60_000);
  assert.deepEqual(await planned(), []);
  const after = await house.get(LOGS, delivery.plan.key);
  assert.deepEqual([after.ETag, after["LastModified"]], [ETag, LastModified]);
  assert.equal((await keys()).length, before.length + 1);
});

test("partitions by the requests' time make an object a day; without a log lines are dropped", async () => {
  await configure({
    TargetPrefix: "log/",
    TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: "EventTime" } },
  });
  await add([
    [START, "a"],
    [START - DAY_MS, "b"],
    [START, "c"],
  ]);
  const before = new Set(await keys());
  await run();
  const fresh = (await keys()).filter((key) => !before.has(key));
  const root = `log/${TEST_ACCOUNT}/us-east-1/${BUCKET}/2026/11`;
  assert.match(fresh[0] ?? "", new RegExp(`^${root}/20/2026-11-20-00-00-00-[0-9A-F]{16}$`));
  assert.match(fresh[1] ?? "", new RegExp(`^${root}/21/2026-11-21-00-00-00-[0-9A-F]{16}$`));
  assert.equal((await house.get(LOGS, fresh[1] ?? "")).text.toString(), "a\nc\n");
  await house.call("PutBucketLogging", { Bucket: BUCKET, BucketLoggingStatus: {} });
  await add([[START, "d"]]);
  await run();
  assert.equal((await keys()).length, before.size + 2);
});
