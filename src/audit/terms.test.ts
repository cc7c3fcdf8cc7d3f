import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededEntropy } from "../base/index.js";
import type { LookupAttribute, TrailRecord } from "./port.js";
import { eventIdTerm, noteOf, termOf, valuesOf } from "./terms.js";
import { testRecord } from "./testing.js";

const ATTRIBUTES: readonly LookupAttribute[] = [
  "EventName",
  "ReadOnly",
  "Username",
  "ResourceType",
  "ResourceName",
  "EventSource",
  "AccessKeyId",
];

test("an event is found by all that it says, whatever the one before it said", () => {
  const entropy = new SeededEntropy(5);
  const pick = <T>(...values: T[]): T => values[(entropy.bytes(1)[0] ?? 0) % values.length] as T; // there is one
  const callers = ["a", "b"].map((userName) =>
    Object.freeze({ type: "IAMUser", userName, accessKeyId: `AKIA${userName}` }),
  );
  const keys = ["1", "2"].map((ARN) => Object.freeze({ type: "AWS::KMS::Key", ARN }));
  const open = { type: "AWS::S3::Object", ARN: "3" };
  for (let nth = 0; nth < 1000; nth += 1) {
    open.ARN = pick("3", "4");
    const record = testRecord(`event-${nth}`, {
      eventName: pick("Encrypt", "Decrypt"),
      eventSource: pick("kms.amazonaws.com", "s3.amazonaws.com"),
      readOnly: pick(true, false),
      awsRegion: pick("us-east-1", "eu-west-1"),
      userIdentity: pick<object>(...callers, { type: "Root" }) as TrailRecord["userIdentity"],
      resources: pick<TrailRecord["resources"]>([], [pick(...keys)], [open], [...keys]),
    });
    const { recipientAccountId: account, awsRegion: region } = record;
    const wanted = [eventIdTerm(record.eventID), termOf(account, region, "", "")];
    for (const attribute of ATTRIBUTES)
      for (const value of valuesOf(record, attribute)) wanted.push(termOf(account, region, attribute, value));
    assert.deepEqual([...(noteOf(record)?.terms ?? [])].sort(), wanted.sort());
  }
});

test("an id's own digits are its term", () => {
  assert.equal(eventIdTerm("00000001-0200-4000-8000-000000000000"), 0x102);
  assert.equal(eventIdTerm("0000abcd-ef00-4000-8000-000000000000"), 0xabcdef);
  assert.notEqual(eventIdTerm("0000ABCD-EF00-4000-8000-000000000000"), 0xabcdef, "which is no id of ours");
});
