import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededEntropy } from "../base/index.js";
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
    { additionalEventData: { bytesTransferredOut: 16384, whole: true, half: 0.5, none: -0, far: 1e21 } },
    { requestParameters: { encryptionContext: { "aws:s3:arn": "arn:1" }, encryptionAlgorithm: "x", empty: {} } },
    { requestParameters: { from: new Date(0), no: Number.NaN, gone: undefined, nothing: null } },
    { requestParameters: { inner: { gone: undefined, list: [undefined], told: { toJSON: () => "as told" } } } },
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

test("whatever changes from one record to the next, each is written as JSON.stringify writes it", () => {
  const next = steps(7);
  const pick = <T>(...values: T[]): T => values[next() % values.length] as T; // there is one
  const callers = ["Root", "IAMUser"].map((type) => Object.freeze({ type, arn: `arn:${type}` }));
  const keys = ["1", "2"].map((id) => Object.freeze({ type: "AWS::KMS::Key", ARN: id }));
  for (let nth = 0; nth < 3000; nth += 1) {
    const { requestID, ...record }: TrailRecord = testRecord(pick("event-1", `event-${nth}`), {
      eventName: pick("Encrypt", "Encrypt", "Decrypt"),
      userIdentity: pick(...callers, { type: "Root", arn: String(nth) }),
      readOnly: pick(true, false),
      requestParameters: pick(
        null,
        {},
        { keyId: "a" },
        { keyId: 'a"' },
        { keyId: "a", limit: 5 },
        { context: { a: "b" } },
      ),
      responseElements: pick(null, { at: new Date(0) }, { [`"${nth}`]: "x" }, { left: undefined }),
    });
    const resources = pick(undefined, [], [pick(...keys)], [{ type: "AWS::S3::Object", ARN: String(nth) }]);
    const more = { ...(resources && { resources }), ...pick({}, { errorCode: "AccessDenied" }) };
    const records: object[] = [
      { ...record, ...more },
      { requestID, ...more, ...record },
    ];
    sameAsJson(pick(...records) as TrailRecord); // but for the order of its members
  }
});

/** Repeatable numbers. */
function steps(seed: number): () => number {
  const entropy = new SeededEntropy(seed);
  return () => entropy.bytes(1)[0] ?? 0;
}
