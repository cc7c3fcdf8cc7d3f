import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, testKey } from "../../crypto/testing.js";
import { markReplica, unmarkReplica } from "./customer-replica.js";

const HOUSE = testKey(1);
const PLACE = { bucketId: "b", key: "k", versionId: "v" };
const ORIGIN = { bucketId: "o", bodyId: "d" };
const WRAPPED = Buffer.from("wrapped");
const BROKEN = { name: "BrokenSeal" };

test("what a mark was made of is told by nothing else: neither another place or origin, nor another house", () => {
  const marked = markReplica(HOUSE, PLACE, ORIGIN, WRAPPED);
  const others = [
    [HOUSE, { ...PLACE, bucketId: "o" }, ORIGIN],
    [HOUSE, { ...PLACE, key: "k2" }, ORIGIN],
    [HOUSE, { ...PLACE, versionId: "v2" }, ORIGIN],
    [HOUSE, PLACE, { ...ORIGIN, bucketId: "b" }],
    [HOUSE, PLACE, { ...ORIGIN, bodyId: "d2" }],
    // The same letters, cut elsewhere.
    [HOUSE, { ...PLACE, key: "kv", versionId: "" }, ORIGIN],
    [testKey(2), PLACE, ORIGIN],
  ] as const;
  for (const [key, place, origin] of others) assert.throws(() => unmarkReplica(key, place, origin, marked), BROKEN);
  assert.deepEqual(Buffer.from(unmarkReplica(HOUSE, PLACE, ORIGIN, marked)), WRAPPED);
});

test("every changed bit, every cut and a byte more are refused; so is what no house marked", () => {
  const marked = Buffer.from(markReplica(HOUSE, PLACE, ORIGIN, WRAPPED));
  for (const { what, changed } of changesOf(marked))
    assert.throws(() => unmarkReplica(HOUSE, PLACE, ORIGIN, changed), /./, what);
  assert.throws(() => unmarkReplica(HOUSE, PLACE, ORIGIN, WRAPPED), { name: "BrokenNeed" });
});
