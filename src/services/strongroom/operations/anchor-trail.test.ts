import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Anchor, isAnchor, openLedger } from "../../../audit/index.js";
import { openTestTrail, testKey, testRecord } from "../../../audit/testing.js";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../../../identity/testing.js";
import { ALLOW_ALL, callOperation, rootCaller, testContext, userCaller } from "../../../kit/testing.js";
import { type TestFolder, testFolder } from "../../../store/testing.js";
import { NO_COSTS } from "../testing.js";
import { anchorTrail } from "./anchor-trail.js";

let house: TestHouse;
let folder: TestFolder;
before(async () => {
  house = await openTestHouse();
  folder = testFolder();
  const trail = await openTestTrail(folder.path);
  await trail.audit.record(testRecord("a"));
  await trail.close();
});
after(async () => {
  await house.close();
  folder.remove();
});

function anchor(caller = rootCaller(HOUSE_ACCOUNT)) {
  const ports = { ...house, ledger: openLedger(join(folder.path, "audit"), testKey()), services: [], costs: NO_COSTS };
  return callOperation<{ anchor: Anchor }>(anchorTrail(ports), testContext({ caller }), {});
}

test("guests, and users without the permission, get no anchor", async () => {
  await assert.rejects(anchor(rootCaller(SECOND_ACCOUNT)), { code: "AccessDeniedException" });
  await assert.rejects(anchor(userCaller("nobody", [], HOUSE_ACCOUNT)), { name: "Denied" });
  await anchor(userCaller("admin", [ALLOW_ALL], HOUSE_ACCOUNT));
});

test("the anchor is signed and names the head of every chain", async () => {
  const made = await anchor();
  assert.ok(isAnchor(made.anchor));
  assert.deepEqual(
    made.anchor.slots.map(({ slot, segment, frames }) => [slot, segment, frames]),
    [["w0", 1, 1]],
  );
});

test("a damaged trail gets no anchor", async () => {
  mkdirSync(join(folder.path, "audit", "w1"));
  for (const number of [3, 5]) writeFileSync(join(folder.path, "audit", "w1", `000000000${number}.seg`), "");
  await assert.rejects(anchor(), { code: "TrailDamagedException" });
});
