import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { TrailPlace, TrailRecord } from "../../audit/index.js";
import { testRecord } from "../../audit/testing.js";
import { planLogs, takes } from "./plan-logs.js";
import { copiedPlaces, pendingAfter, putTrail } from "./store.js";
import { trailHouse } from "./testing.js";
import type { Trail } from "./trail.js";

const START = Date.parse("2026-11-21T09:00:00.700Z");
const END = Date.parse("2026-11-21T10:00:00.300Z");

const trail: Trail = {
  account: "111122223333",
  region: "us-east-1",
  name: "mine",
  id: "t1",
  bucket: "logs",
  prefix: "",
  isMultiRegion: false,
  includesGlobal: true,
  validates: false,
  recursive: true,
  intervals: [{ fromMs: START, toMs: END }],
  tags: [],
  status: {},
};

const at = (eventTime: string, parts: Partial<TrailRecord> = {}) => testRecord("e", { eventTime, ...parts });
const NOON = "2026-11-21T09:30:00Z";

test("a trail takes what its account did in its Region while it logged", () => {
  assert.equal(takes(trail, at(NOON)), true);
  assert.equal(takes(trail, at(NOON, { recipientAccountId: "444455556666" })), false);
  assert.equal(takes(trail, at(NOON, { awsRegion: "eu-west-1" })), false);
  assert.equal(takes({ ...trail, isMultiRegion: true }, at(NOON, { awsRegion: "eu-west-1" })), true);
  assert.equal(takes(trail, at("2026-11-21T09:00:00Z")), true, "the second in which it began");
  assert.equal(takes(trail, at("2026-11-21T08:59:59Z")), false);
  assert.equal(takes(trail, at("2026-11-21T10:00:00Z")), true, "the second in which it ended");
  assert.equal(takes(trail, at("2026-11-21T10:00:01Z")), false);
  assert.equal(takes({ ...trail, intervals: [] }, at(NOON)), false);
});

test("global services and what CloudTrail itself does can be left out", () => {
  for (const eventSource of ["iam.amazonaws.com", "sts.amazonaws.com", "organizations.amazonaws.com"]) {
    assert.equal(takes(trail, at(NOON, { eventSource })), true);
    assert.equal(takes({ ...trail, includesGlobal: false }, at(NOON, { eventSource })), false, eventSource);
  }
  const own = at(NOON, { userIdentity: { type: "AWSService", invokedBy: "cloudtrail.amazonaws.com" } });
  assert.equal(takes(trail, own), true);
  assert.equal(takes({ ...trail, recursive: false }, own), false);
});

test("each Region's records are one file, planned with the place that was read to, and never twice", async () => {
  const records = [at(NOON), at("2026-11-21T09:10:00Z"), at(NOON, { awsRegion: "eu-west-1" })];
  const place: TrailPlace = { slot: "w0", segment: 1, offset: 99, frame: 3, hash: "00" };
  const house = await trailHouse({
    audit: {
      lookup: async () => ({ items: [] }),
      places: async () => [],
      readOn: async (places) =>
        places.length === 0 ? { records, places: [place], isThrough: true } : { records: [], places, isThrough: true },
    },
  });
  const { database, ports } = house;
  assert.equal(await copiedPlaces(database), undefined, "nobody logs");
  await database.write((tx) => putTrail(tx, { ...trail, isMultiRegion: true, intervals: [{ fromMs: START }] }));
  assert.deepEqual(await copiedPlaces(database), [], "nothing is copied yet");
  const now = new Date("2026-11-21T09:40:00Z");
  await planLogs(ports, now);
  await planLogs(ports, now);
  assert.deepEqual(await copiedPlaces(database), [place]);
  const planned = await database.read((tx) => pendingAfter(tx, 0, 10));
  assert.deepEqual(planned.map(({ region }) => region).sort(), ["eu-west-1", "us-east-1"]);
  const here = planned.find(({ region }) => region === "us-east-1");
  assert.deepEqual(JSON.parse(gunzipSync(here?.body ?? Buffer.alloc(0)).toString()), { Records: records.slice(0, 2) });
  assert.equal(here?.plan.log?.oldest, "2026-11-21T09:10:00Z");
  assert.equal(here?.plan.log?.newest, NOON);
  assert.match(
    here?.plan.key ?? "",
    /^AWSLogs\/111122223333\/CloudTrail\/us-east-1\/2026\/11\/21\/111122223333_CloudTrail_us-east-1_20261121T0940Z_[A-Z2-7]{16}\.json\.gz$/,
  );
  await house.close();
});
