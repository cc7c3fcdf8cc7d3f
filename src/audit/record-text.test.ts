import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrailRecord } from "./port.js";
import { recordText } from "./record-text.js";
import { testRecord } from "./testing.js";

const sameAsJson = (record: TrailRecord) => assert.equal(recordText(record), JSON.stringify(record));

test("a record is written as JSON.stringify writes it, whatever was written before", () => {
  const texts = ["", "a", 'a"b', "\\", "\u0000\n\u2028", "\ud800", "é", "x".repeat(2000)];
  const parts: Partial<TrailRecord>[] = [
    {},
    ...texts.flatMap((text) => [
      { userAgent: text },
      { errorCode: text, errorMessage: text },
      { requestParameters: { [text]: text }, sharedEventID: text },
      { userIdentity: { type: text }, resources: [{ type: text, ARN: text }] },
    ]),
    { resources: [] },
    { readOnly: false, managementEvent: false, responseElements: { a: [1, null, { b: 1.5 }] } },
    { requestParameters: null, additionalEventData: { keyMaterialId: "00" } },
  ];
  for (const first of parts) {
    for (const second of [first, ...parts.slice(0, 6)]) {
      sameAsJson(testRecord("event-1", first));
      sameAsJson(testRecord("event-2", second));
    }
  }
});

test("members that are not there are not written, and their places are others' then", () => {
  const { requestID: _, ...without } = testRecord("event-3");
  sameAsJson(without);
  sameAsJson(testRecord("event-3"));
  sameAsJson({ ...without, errorCode: "AccessDenied" });
});

test("only what is frozen is believed to be the same", () => {
  const open = { type: "Root", arn: "arn:1" };
  const fixed = Object.freeze({ type: "Root", arn: "arn:1" });
  for (const userIdentity of [open, fixed, fixed]) sameAsJson(testRecord("event-4", { userIdentity }));
  open.arn = "arn:2";
  sameAsJson(testRecord("event-4", { userIdentity: open }));
  const resource = { type: "AWS::KMS::Key", ARN: "arn:1" };
  sameAsJson(testRecord("event-5", { resources: [resource] }));
  resource.ARN = "arn:2";
  sameAsJson(testRecord("event-5", { resources: [resource, Object.freeze({ ...resource })] }));
});
