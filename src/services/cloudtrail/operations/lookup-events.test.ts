import assert from "node:assert/strict";
import { test } from "node:test";
import type { LookupEventsCommandOutput } from "@aws-sdk/client-cloudtrail";
import { InvalidNextToken, type Lookup, type TrailRecord } from "../../../audit/index.js";
import { testRecord } from "../../../audit/testing.js";
import { isAwsError } from "../../../base/index.js";
import { ALLOW_ALL, callOperation, testContext, userCaller } from "../../../kit/testing.js";
import { cloudTrailService } from "../service.js";
import { testPorts } from "../testing.js";

/** A trail that answers with these records and remembers what it was asked. */
function trailOf(items: readonly TrailRecord[], next?: string) {
  const asked: Lookup[] = [];
  const lookup = async (question: Lookup) => {
    asked.push(question);
    if (question.next === "wrong") throw new InvalidNextToken();
    return { items, ...(next === undefined ? {} : { next }) };
  };
  const operation = cloudTrailService({ ...testPorts(), audit: { ...testPorts().audit, lookup } }).operations.get(
    "LookupEvents",
  );
  assert.ok(operation);
  const ask = (input: object, ctx = testContext()) => callOperation<LookupEventsCommandOutput>(operation, ctx, input);
  return { ask, asked, operation };
}

test("an event shows its fields and the whole record", async () => {
  const record = testRecord("e1", { resources: [{ type: "AWS::KMS::Key", ARN: "arn:k", accountId: "111122223333" }] });
  const { Events, NextToken } = await trailOf([record], "more").ask({});
  assert.deepEqual(Events, [
    {
      EventId: "e1",
      EventName: "GenerateDataKey",
      ReadOnly: "true",
      AccessKeyId: "AKIAUSERUSERUSERUSER",
      EventTime: new Date("2026-11-21T09:00:00Z"),
      EventSource: "kms.amazonaws.com",
      Username: "alice",
      Resources: [{ ResourceType: "AWS::KMS::Key", ResourceName: "arn:k" }],
      CloudTrailEvent: JSON.stringify(record),
    },
  ]);
  assert.equal(NextToken, "more");
});

test("the caller's own account and Region are asked, whatever the input says", async () => {
  const trail = trailOf([]);
  const [from, to] = [new Date(1000), new Date(2000)];
  const LookupAttributes = [{ AttributeKey: "Username", AttributeValue: "alice" }];
  await trail.ask({ StartTime: from, EndTime: to, MaxResults: 7, NextToken: "n", LookupAttributes });
  await trail.ask({});
  assert.deepEqual(trail.asked, [
    {
      account: "111122223333",
      region: "us-east-1",
      from,
      to,
      limit: 7,
      next: "n",
      attribute: { key: "Username", value: "alice" },
    },
    { account: "111122223333", region: "us-east-1", limit: 50 },
  ]);
});

test("insights can be asked for, and there are none", async () => {
  const trail = trailOf([testRecord("management")]);
  assert.deepEqual(await trail.ask({ EventCategory: "insight" }), { Events: [] });
  assert.equal(trail.asked.length, 0);
});

test("each wrong question has its error", async () => {
  const attribute = (AttributeKey: string, AttributeValue = "x") => ({ AttributeKey, AttributeValue });
  const wrong: [string, object][] = [
    ["InvalidMaxResultsException", { MaxResults: 0 }],
    ["InvalidMaxResultsException", { MaxResults: 51 }],
    ["InvalidTimeRangeException", { StartTime: new Date(2), EndTime: new Date(1) }],
    ["InvalidNextTokenException", { NextToken: "wrong" }],
    ["InvalidLookupAttributesException", { LookupAttributes: [attribute("EventName"), attribute("EventId")] }],
    ["InvalidLookupAttributesException", { LookupAttributes: [attribute("__proto__")] }],
    ["InvalidLookupAttributesException", { LookupAttributes: [attribute("eventname")] }],
    ["InvalidLookupAttributesException", { LookupAttributes: [attribute("EventName", "")] }],
    ["InvalidLookupAttributesException", { LookupAttributes: [attribute("EventName", "x".repeat(2001))] }],
    ["InvalidEventCategoryException", { EventCategory: "management" }],
  ];
  for (const [code, input] of wrong) {
    await assert.rejects(trailOf([]).ask(input), (thrown) => isAwsError(thrown, code), JSON.stringify(input));
  }
});

test("it takes the permission cloudtrail:LookupEvents on everything", async () => {
  const asAlice = (...policies: object[]) => testContext({ caller: userCaller("alice", policies) });
  const statement = (Action: string, Resource: string) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action, Resource }],
  });
  const trail = trailOf([]);
  await trail.ask({}, asAlice(ALLOW_ALL));
  await trail.ask({}, asAlice(statement("cloudtrail:LookupEvents", "*")));
  await assert.rejects(trail.ask({}, asAlice()), { name: "Denied" });
  await assert.rejects(trail.ask({}, asAlice(statement("cloudtrail:GetTrail", "*"))), { name: "Denied" });
  assert.equal(trail.asked.length, 2);
});

test("it is recorded as a read", () => {
  const { operation } = trailOf([]);
  assert.equal(operation.readOnly, true);
  assert.deepEqual(operation.auditRequest({ MaxResults: 3 }), { maxResults: 3 });
});

test("more look-ups than are set a second are throttled", async () => {
  const settings = { ...testPorts().settings, lookupPerSecond: 2 };
  const leases = [1, 1, 0];
  const askLease = async () => ({ tokens: leases.shift() ?? 0, waitMs: 500 });
  const audit = { ...testPorts().audit, lookup: async () => ({ items: [] }) };
  const operation = cloudTrailService(testPorts({ audit, settings, askLease })).operations.get("LookupEvents");
  assert.ok(operation);
  await callOperation(operation, testContext(), {});
  await callOperation(operation, testContext(), {});
  await assert.rejects(callOperation(operation, testContext(), {}), { code: "ThrottlingException" });
});
