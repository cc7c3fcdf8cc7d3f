import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openLedger, type TrailPage } from "../../../audit/index.js";
import { openTestTrail, testKey, testRecord } from "../../../audit/testing.js";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../../identity/testing.js";
import { ALLOW_ALL, callOperation, rootCaller, testContext, userCaller } from "../../../kit/testing.js";
import { type TestFolder, testFolder } from "../../../store/testing.js";
import { NO_COSTS } from "../testing.js";
import { readTrail } from "./read-trail.js";

let house: TestHouse;
let folder: TestFolder;
before(async () => {
  house = await openTestHouse();
  folder = testFolder();
  const trail = await openTestTrail(folder.path);
  for (const name of ["a", "b"]) await trail.audit.record(testRecord(name));
  await trail.close();
});
after(async () => {
  await house.close();
  folder.remove();
});

const ports = () => ({
  ...house,
  ledger: openLedger(join(folder.path, "audit"), testKey()),
  services: [],
  costs: NO_COSTS,
});
const owner = rootCaller(HOUSE_ACCOUNT);
const read = (input: object, caller = owner) =>
  callOperation<TrailPage & { slots?: string[] }>(readTrail(ports()), testContext({ caller }), input);

test("guests, and users without the permission, read no trail", async () => {
  await assert.rejects(read({}, rootCaller(SECOND_ACCOUNT)), { code: "AccessDeniedException" });
  await assert.rejects(read({}, userCaller("nobody", [], HOUSE_ACCOUNT)), { name: "Denied" });
  await read({}, userCaller("admin", [ALLOW_ALL], HOUSE_ACCOUNT));
});

test("a question that is not one is refused", async () => {
  const start = { segment: 1, offset: 48, frame: 0, hash: "0".repeat(64) };
  const bad = [
    { slot: "w7" },
    { slot: "../w0" },
    { slot: 1 },
    { slot: "w0", start: [] },
    { slot: "w0", start: { ...start, segment: -1 } },
    { slot: "w0", start: { ...start, offset: 1.5 } },
    { slot: "w0", start: { ...start, hash: "g".repeat(64) } },
    { slot: "w0", filter: { from: "yesterday" } },
    { slot: "w0", filter: { account: 1 } },
  ];
  for (const input of bad) await assert.rejects(read(input), { code: "ValidationException" }, JSON.stringify(input));
});

test("the owner reads page by page, and the proof comes with it", async () => {
  assert.deepEqual((await read({})).slots, ["w0"]);
  const proven = await read({ slot: "w0" });
  assert.deepEqual([proven.read, proven.lines.length, proven.isLast], [2, 0, true]);
  const given = await read({ slot: "w0", filter: {} });
  assert.deepEqual(
    given.lines.map((line) => JSON.parse(line).record.eventID),
    ["a", "b"],
  );
  const rest = await read({ slot: "w0", start: proven.proof?.end });
  assert.deepEqual([rest.read, rest.damage], [0, null]);
  const elsewhere = await read({ slot: "w0", start: { ...proven.proof?.start, hash: "0".repeat(64) } });
  assert.match(elsewhere.damage ?? "", /segment 1, frame 0/);
});
