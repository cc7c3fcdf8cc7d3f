import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { Denied } from "../../../identity/index.js";
import { userCaller } from "../../../kit/testing.js";
import { nextDestination } from "../store/index.js";
import { BUCKET, s3House } from "../testing.js";

const QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs";
const TOPIC = "arn:aws:sns:us-east-1:111122223333:news";
const FOREIGN = "arn:aws:sqs:us-east-1:444455556666:jobs";
const BUS = "arn:aws:events:us-east-1:111122223333:event-bus/default";
const known = new Set([QUEUE, TOPIC, FOREIGN, BUS]);
const house = await s3House({ destinations: { has: (arn) => known.has(arn), send: async () => "taken" } });
after(() => house.close());

const put = (NotificationConfiguration: object, parts: object = {}, more: object = {}) =>
  house.call("PutBucketNotificationConfiguration", { Bucket: BUCKET, NotificationConfiguration, ...more }, parts);
const get = () => house.call("GetBucketNotificationConfiguration", { Bucket: BUCKET });
const rule = (more: object = {}) => ({ Id: "one", QueueArn: QUEUE, Events: ["s3:ObjectCreated:*"], ...more });
const filter = (...rules: [string, string][]) => ({
  Filter: { Key: { FilterRules: rules.map(([Name, Value]) => ({ Name, Value })) } },
});

const invalid = (text: RegExp) => (thrown: unknown) =>
  isAwsError(thrown, "InvalidArgument") && text.test(thrown.message);

test("who may not, may not; and what is wrong changes nothing", async () => {
  await put({ QueueConfigurations: [rule()] });
  const before = await get();
  await assert.rejects(put({}, { caller: userCaller("nobody") }), Denied);
  const cases: [object, RegExp][] = [
    [rule({ QueueArn: "jobs" }), /not well formed/],
    [rule({ QueueArn: TOPIC }), /not well formed/],
    [rule({ QueueArn: QUEUE.replace("us-east-1", "eu-west-1") }), /destination service region is not valid/],
    [rule({ QueueArn: `${QUEUE}.fifo` }), /FIFO/],
    [rule({ QueueArn: `${QUEUE}2` }), /Unable to validate the following destination configurations/],
    [rule({ QueueArn: FOREIGN }), /Unable to validate the following destination configurations/],
    [rule({ Events: ["s3:ObjectEaten:*"] }), /specified event is not supported/],
    [rule(filter(["middle", "x"])), /must be either prefix or suffix/],
    [rule(filter(["prefix", "x"], ["Prefix", "y"])), /more than one prefix rule/],
    [rule(filter(["suffix", "é".repeat(513)])), /cannot exceed 1024 bytes/],
  ];
  for (const [bad, text] of cases) await assert.rejects(put({ QueueConfigurations: [bad] }), invalid(text));
  const malformed = (thrown: unknown) => isAwsError(thrown, "MalformedXML");
  await assert.rejects(put({ QueueConfigurations: [rule({ Events: [] })] }), malformed);
  const many = Array.from({ length: 101 }, (_, at) => rule({ Id: `${at}`, ...filter(["prefix", `${at}/`]) }));
  await assert.rejects(put({ QueueConfigurations: many }), malformed);
  assert.deepEqual(await get(), before);
});

test("two rules never tell one event of one key", async () => {
  const put2 = (one: object, two: object) =>
    put({
      QueueConfigurations: [rule(one)],
      TopicConfigurations: [{ ...rule({ Id: "two", ...two }), TopicArn: TOPIC }],
    });
  await assert.rejects(put2({}, { Id: "one", Events: ["s3:ObjectRemoved:*"] }), invalid(/Same ID used/));
  await assert.rejects(put2({}, { Events: ["s3:ObjectCreated:Put"] }), invalid(/cannot share a common event type/));
  await assert.rejects(put2(filter(["prefix", "a"]), filter(["prefix", "ab"])), invalid(/ambiguously defined/));
  await assert.rejects(put2(filter(["suffix", ".jpg"]), {}), invalid(/ambiguously defined/));
  await put2(filter(["prefix", "a/"]), filter(["prefix", "b/"]));
  await put2(filter(["prefix", "a/"], ["suffix", ".jpg"]), filter(["prefix", "a/"], ["suffix", ".png"]));
  await put2({}, { Events: ["s3:ObjectRemoved:Delete"] });
});

test("a configuration takes the place of the one before, is shown as S3 shows it, and none takes it away", async () => {
  await put({
    QueueConfigurations: [rule({ ...filter(["prefix", "in/"], ["suffix", ".csv"]) })],
    LambdaFunctionConfigurations: [],
    EventBridgeConfiguration: {},
  });
  assert.deepEqual(await get(), {
    QueueConfigurations: [
      {
        Id: "one",
        QueueArn: QUEUE,
        Events: ["s3:ObjectCreated:*"],
        ...filter(["Prefix", "in/"], ["Suffix", ".csv"]),
      },
    ],
    EventBridgeConfiguration: {},
  });
  await put({ TopicConfigurations: [{ TopicArn: TOPIC, Events: ["s3:ObjectRemoved:Delete"] }] });
  const shown = (await get()) as { TopicConfigurations: { Id: string }[] }; // as just put
  assert.match(shown.TopicConfigurations[0]?.Id ?? "", /^[0-9a-f-]{36}$/);
  await put({});
  assert.deepEqual(await get(), {});
});

test("only who skips it is spared the look at destinations, and the test event", async () => {
  const own = await s3House({ destinations: { has: (arn) => known.has(arn), send: async () => "taken" } });
  const putOwn = (arn: string, more: object = {}) => {
    const NotificationConfiguration = { QueueConfigurations: [rule({ QueueArn: arn })] };
    return own.call("PutBucketNotificationConfiguration", { Bucket: BUCKET, NotificationConfiguration, ...more });
  };
  await putOwn(`${QUEUE}2`, { SkipDestinationValidation: true });
  assert.equal(await own.database.read((tx) => nextDestination(tx, "")), undefined);
  await putOwn(QUEUE);
  assert.equal(await own.database.read((tx) => nextDestination(tx, "")), QUEUE);
  await own.close();
});
