import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidNextToken } from "./lookup.js";
import type { Lookup, LookupAttribute, TrailRecord } from "./port.js";
import { type TestTrail, testRecord, withTrail } from "./testing.js";

const HERE = { account: "111122223333", region: "us-east-1", limit: 50 };

const found = async ({ audit }: Pick<TestTrail, "audit">, lookup: Partial<Lookup> = {}) =>
  (await audit.lookup({ ...HERE, ...lookup })).items.map((record) => record.eventID);

const at = (eventID: string, eventTime: string, parts: Partial<TrailRecord> = {}) =>
  testRecord(eventID, { eventTime, ...parts });

test("newest first, over all slots, everything that was acknowledged", async () => {
  await withTrail(async (trail) => {
    const other = await trail.open("w1");
    await trail.audit.record(at("third", "2026-11-21T10:00:03Z"));
    await other.record(at("second", "2026-11-21T10:00:02Z"));
    await trail.audit.record(at("first", "2026-11-21T10:00:01Z"));
    assert.deepEqual(await found(trail), ["third", "second", "first"]);
    await other.record(at("fourth", "2026-11-21T10:00:04Z"));
    assert.deepEqual(await found(trail), ["fourth", "third", "second", "first"]);
    assert.deepEqual(await found({ audit: other }), ["fourth", "third", "second", "first"]);
  });
});

test("each attribute finds its events and not the neighbour's", async () => {
  await withTrail(async (trail) => {
    const identity = { type: "AssumedRole", principalId: "AROAX:session-b", accessKeyId: "ASIAB" };
    await trail.audit.record(testRecord("a"));
    await trail.audit.record(
      testRecord("b", {
        userIdentity: identity,
        eventName: "CreateRole",
        eventSource: "iam.amazonaws.com",
        readOnly: false,
        resources: [
          { type: "AWS::IAM::Role", ARN: "arn:aws:iam::111122223333:role/b" },
          { type: "AWS::IAM::Role", ARN: "arn:aws:iam::111122223333:role/c" },
        ],
      }),
    );
    const cases: [LookupAttribute, string, string][] = [
      ["EventId", "a", "b"],
      ["EventName", "GenerateDataKey", "CreateRole"],
      ["ReadOnly", "true", "false"],
      ["Username", "alice", "session-b"],
      ["ResourceType", "AWS::KMS::Key", "AWS::IAM::Role"],
      ["EventSource", "kms.amazonaws.com", "iam.amazonaws.com"],
      ["AccessKeyId", "AKIAUSERUSERUSERUSER", "ASIAB"],
    ];
    for (const [key, forA, forB] of cases) {
      assert.deepEqual(await found(trail, { attribute: { key, value: forA } }), ["a"], key);
      assert.deepEqual(await found(trail, { attribute: { key, value: forB } }), ["b"], key);
      assert.deepEqual(await found(trail, { attribute: { key, value: "neither" } }), [], key);
    }
    const attribute = { key: "ResourceName", value: "arn:aws:iam::111122223333:role/c" } as const;
    assert.deepEqual(await found(trail, { attribute }), ["b"]);
  });
});

test("another account, another Region and data events are not shown", async () => {
  await withTrail(async (trail) => {
    await trail.audit.record(testRecord("mine"));
    await trail.audit.record(testRecord("theirs", { recipientAccountId: "444455556666" }));
    await trail.audit.record(testRecord("elsewhere", { awsRegion: "eu-west-1" }));
    await trail.audit.record(testRecord("data", { eventCategory: "Data", managementEvent: false }));
    assert.deepEqual(await found(trail), ["mine"]);
    assert.deepEqual(await found(trail, { account: "444455556666" }), ["theirs"]);
    assert.deepEqual(await found(trail, { region: "eu-west-1" }), ["elsewhere"]);
    const attribute = { key: "EventId", value: "theirs" } as const;
    assert.deepEqual(await found(trail, { attribute }), []);
  });
});

test("times bound the list on both ends, and ninety days in any case", async () => {
  await withTrail(async (trail) => {
    for (const second of [1, 2, 3]) await trail.audit.record(at(`s${second}`, `2026-11-21T10:00:0${second}Z`));
    await trail.audit.record(at("old", "2026-08-01T00:00:00Z"));
    assert.deepEqual(await found(trail, { from: new Date("2026-11-21T10:00:02Z") }), ["s3", "s2"]);
    assert.deepEqual(await found(trail, { to: new Date("2026-11-21T10:00:02Z") }), ["s2", "s1"]);
    const exactly = new Date("2026-11-21T10:00:02Z");
    assert.deepEqual(await found(trail, { from: exactly, to: exactly }), ["s2"]);
    assert.deepEqual(await found(trail, { from: new Date(0), attribute: { key: "EventId", value: "old" } }), []);
  });
});

test("pages follow each other without loss or repetition, also when more comes in between", async () => {
  await withTrail(async (trail) => {
    for (let n = 0; n < 7; n += 1) await trail.audit.record(testRecord(`e${n}`));
    const first = await trail.audit.lookup({ ...HERE, limit: 3 });
    await trail.audit.record(testRecord("later"));
    const second = await trail.audit.lookup({ ...HERE, limit: 3, next: first.next! });
    const third = await trail.audit.lookup({ ...HERE, limit: 3, next: second.next! });
    const ids = [first, second, third].flatMap((page) => page.items.map((record) => record.eventID));
    assert.deepEqual(ids, ["e6", "e5", "e4", "e3", "e2", "e1", "e0"]);
    assert.equal(third.next, undefined);
  });
});

test("a token of another question is refused", async () => {
  await withTrail(async (trail) => {
    for (let n = 0; n < 3; n += 1) await trail.audit.record(testRecord(`e${n}`));
    const { next } = await trail.audit.lookup({ ...HERE, limit: 1 });
    assert.ok(next);
    const others: Partial<Lookup>[] = [
      { next: "garbage" },
      { next: "" },
      { next, account: "444455556666" },
      { next, region: "eu-west-1" },
      { next, attribute: { key: "EventName", value: "GenerateDataKey" } },
      { next, to: new Date("2026-11-21T10:00:00Z") },
    ];
    for (const other of others) {
      await assert.rejects(trail.audit.lookup({ ...HERE, limit: 1, ...other }), InvalidNextToken);
    }
  });
});

test("the index can be made anew from the trail", async () => {
  await withTrail(async (trail) => {
    for (let n = 0; n < 5; n += 1) await trail.audit.record(testRecord(`e${n}`));
    assert.equal((await found(trail)).length, 5);
    await trail.index.write(async (tx) => {
      for (const name of ["cursors", "runs", "run_places", "run_terms"]) await tx.run(`DELETE FROM ${name}`);
    });
    assert.deepEqual(await found(trail), ["e4", "e3", "e2", "e1", "e0"]);
    await Promise.all([trail.audit.catchUp(), trail.audit.catchUp(), found(trail)]);
    assert.equal((await found(trail)).length, 5);
  });
});

test("pages may end inside the events of one second that were indexed together", async () => {
  await withTrail(async (trail) => {
    const expected: string[] = [];
    for (const group of ["a", "b", "c"]) {
      const ids = Array.from({ length: 7 }, (_, nth) => `${group}${nth}`);
      await Promise.all(ids.map((id) => trail.audit.record(at(id, "2026-11-21T10:00:01Z"))));
      await trail.audit.catchUp();
      expected.unshift(...ids.reverse());
    }
    for (const limit of [1, 3, 7, 20, 21, 50]) {
      const ids: string[] = [];
      for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
        const page = await trail.audit.lookup({ ...HERE, limit, ...(next === undefined ? {} : { next }) });
        ids.push(...page.items.map((record) => record.eventID));
        next = page.next;
      }
      assert.deepEqual(ids, expected, `${limit} on a page`);
    }
  });
});

test("what is behind is told until it is indexed", async () => {
  await withTrail(async (trail) => {
    const empty = await trail.audit.bytesBehind();
    await trail.audit.record(testRecord("one"));
    const behind = await trail.audit.bytesBehind();
    assert.ok(behind > empty, `${behind} bytes are behind`);
    await trail.audit.catchUp();
    assert.equal(await trail.audit.bytesBehind(), 0);
  });
});

test("what a call asked for is kept whole, where AWS leaves out what is longer than 100 KB", async () => {
  const requestParameters = { policyDocument: "x".repeat(300 * 1024) };
  await withTrail(async (trail) => {
    await trail.audit.record(testRecord("long", { requestParameters }));
    const { items } = await trail.audit.lookup({ ...HERE, limit: 1 });
    assert.deepEqual(items[0]?.requestParameters, requestParameters);
  });
});
