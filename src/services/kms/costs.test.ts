import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { DAY_MS, HOUR_MS } from "../../base/index.js";
import { callVia } from "../../identity/index.js";
import { testContext, userCaller } from "../../kit/testing.js";
import { costReport, parseMonth } from "../../kms/index.js";
import { ACCOUNT, FOREIGN, rootArn } from "../../kms/testing.js";
import { allow, arnOf, openTestService, type TestService } from "./testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
beforeEach(async () => {
  await kms.close();
  kms = await openTestService();
});
after(() => kms.close());

const Plaintext = Buffer.from("x");
const report = (month = "2026-11", account = ACCOUNT, of = kms.kms) =>
  costReport(of, account, month, parseMonth(month) ?? assert.fail(month));
const countsOf = (costs: readonly { name: string; requests: number }[]) =>
  Object.fromEntries(costs.map(({ name, requests }) => [name, requests]));
const times = async (count: number, work: () => Promise<unknown>) => {
  for (let at = 0; at < count; at++) await work();
};
/** The month has 720 hours; the test begins at 9 in the morning of the 21st. */
const hours = (count: number) => Math.round((count / 720) * 1e6) / 1e6;

test("requests are counted by key, operation and service: those that failed after authorization and dry runs too", async () => {
  const KeyId = await kms.keyId();
  const other = await kms.keyId();
  await times(3, () => kms.call("Encrypt", { KeyId, Plaintext }));
  await kms.refused("Encrypt", { KeyId, Plaintext, DryRun: true });
  await kms.refused("Encrypt", { KeyId, Plaintext }, { caller: userCaller("nobody") });
  await kms.call("DisableKey", { KeyId: other });
  await kms.refused("Encrypt", { KeyId: other, Plaintext });
  const call = callVia(testContext({ clock: kms.clock }), "s3", "arn:aws:s3:::b");
  await times(2, async () => (await kms.kms.service.generateDataKey(call, KeyId, {})).plaintext.wipe());
  const { operations, services, keys } = await report();
  assert.deepEqual(countsOf(operations), { Encrypt: 5, GenerateDataKey: 2, CreateKey: 2, DisableKey: 1 });
  assert.deepEqual(countsOf(services), { direct: 8, s3: 2 });
  const byKey = Object.fromEntries(keys.map(({ keyArn, requests }) => [keyArn, requests]));
  assert.deepEqual(byKey, { [arnOf(KeyId)]: 6, [arnOf(other)]: 2, none: 2 });
});

test("the caller's account pays requests on others' keys, and the owner pays the key", async () => {
  const KeyId = await kms.keyId();
  const principals = [rootArn(ACCOUNT), rootArn(FOREIGN)];
  const Statement = principals.map((AWS) => ({ Effect: "Allow", Principal: { AWS }, Action: "kms:*", Resource: "*" }));
  await kms.call("PutKeyPolicy", { KeyId, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  const abroad = { caller: userCaller("f", [allow("kms:*")], FOREIGN) };
  await times(4, () => kms.call("Encrypt", { KeyId: arnOf(KeyId), Plaintext }, abroad));
  kms.clock.advance(HOUR_MS);
  const theirs = await report(undefined, FOREIGN);
  assert.deepEqual([theirs.keyFees, countsOf(theirs.operations)], [0, { Encrypt: 4 }]);
  const own = await report();
  assert.deepEqual([own.keyFees, countsOf(own.operations)], [hours(1), { CreateKey: 1, PutKeyPolicy: 1 }]);
});

test("each kind of request has its price, and the first 20,000 cheap ones are free", async () => {
  const symmetric = await kms.keyId();
  const ecc = await kms.keyId({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  await kms.kms.costs.flush();
  const many = (keyId: string, operation: string, count: number) => {
    for (let at = 0; at < count; at++) kms.kms.costs.note(ACCOUNT, arnOf(keyId), operation);
  };
  many(symmetric, "Encrypt", 29_998); // and two CreateKey
  many(ecc, "Sign", 20_000);
  many(symmetric, "GenerateDataKeyPair/ECC_NIST_P256", 10_000);
  many(symmetric, "GenerateDataKeyPair/RSA_2048", 5_000);
  many(ecc, "DescribeKey", 10_000);
  const { requestCharges, freeTier, operations } = await report();
  assert.deepEqual(freeTier, { requests: 20_000, amount: 0.06 });
  assert.equal(requestCharges, 2 * 0.03 + 2 * 0.15 + 0.1 + 6);
  assert.deepEqual(operations[0], { name: "GenerateDataKeyPair/RSA_2048", requests: 5_000, amount: 6 });
});

test("a key costs by the hour, its first two rotations as much again, and nothing while it waits for deletion", async () => {
  const KeyId = await kms.keyId();
  assert.equal((await report()).keyFees, 0);
  kms.clock.advance(1);
  assert.equal((await report()).keyFees, hours(1), "each hour begun");
  kms.clock.advance(10 * HOUR_MS - 1);
  for (let rotations = 0; rotations < 3; rotations++) await kms.call("RotateKeyOnDemand", { KeyId });
  kms.clock.advance(10 * HOUR_MS);
  assert.equal((await report()).keyFees, hours(20 + 2 * 10));
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  kms.clock.advance(5 * HOUR_MS);
  assert.equal((await report()).keyFees, hours(40));
  await kms.call("CancelKeyDeletion", { KeyId });
  assert.equal((await report()).keyFees, hours(25 + 2 * 15), "charged after all");
});

test("what a key that is gone cost stays on the bill of its months", async () => {
  const KeyId = await kms.keyId();
  kms.clock.advance(24 * HOUR_MS);
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  kms.clock.advance(12 * DAY_MS);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  assert.match(await kms.refused("DescribeKey", { KeyId }), /^NotFoundException/);
  const november = await report();
  assert.deepEqual([november.keyFees, november.keyCount], [hours(24), 2]);
  assert.equal((await report("2026-12")).keyFees, 0);
});

test("months have bills of their own, and a whole month of a key costs a dollar", async () => {
  await kms.keyId();
  await kms.kms.costs.flush();
  kms.clock.advance(45 * DAY_MS);
  await kms.call("ListKeys", {});
  assert.equal((await report("2026-12")).keyFees, 1);
  assert.deepEqual(countsOf((await report("2026-11")).operations), { CreateKey: 1 });
  assert.deepEqual(countsOf((await report("2027-01")).operations), { ListKeys: 1 });
  assert.equal((await report("2026-10")).total, 0);
});

test("counts are written within ten seconds, added to those of other processes, and lost by no failure", async () => {
  const another = await kms.another();
  const stored = async () => countsOf((await report("2026-11", ACCOUNT, another)).operations);
  const arn = arnOf(await kms.keyId());
  kms.kms.costs.note(ACCOUNT, arn, "Encrypt");
  assert.deepEqual(await stored(), {});
  kms.clock.advance(10_000);
  await kms.kms.costs.flush();
  another.costs.note(ACCOUNT, arn, "Encrypt");
  assert.deepEqual(await stored(), { CreateKey: 1, Encrypt: 2 });
  const { database } = kms;
  const write = database.write.bind(database);
  database.write = () => Promise.reject(new Error("no room"));
  kms.kms.costs.note(ACCOUNT, arn, "Encrypt");
  await assert.rejects(kms.kms.costs.flush(), /no room/);
  database.write = write;
  await kms.kms.costs.flush();
  assert.deepEqual(await stored(), { CreateKey: 1, Encrypt: 3 });
});

test("prices can be others", async () => {
  const dear = await openTestService(undefined, undefined, {
    prices: { keyMonth: 720, requests: 10_000, freeRequests: 0 },
  });
  await dear.keyId();
  dear.clock.advance(HOUR_MS);
  const { keyFees, requestCharges, total } = await report("2026-11", ACCOUNT, dear.kms);
  assert.deepEqual([keyFees, requestCharges, total], [1, 1, 2]);
  await dear.close();
});
