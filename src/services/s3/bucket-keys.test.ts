import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError, MINUTE_MS } from "../../base/index.js";
import { newSecret } from "../../crypto/index.js";
import type { CallContext } from "../../identity/index.js";
import { BucketKeys } from "./bucket-keys.js";
import { KEY_ID, TestKeys } from "./testing.js";

const CONTEXT = { "aws:s3:arn": "arn:aws:s3:::bucket" };
const OBJECT = { bucketId: "b1", key: "letter.txt" };

/** As much of a call as is looked at. */
const callBy = (caller: object, atMs = 0) => ({ caller, time: new Date(atMs) }) as CallContext;

const newCaller = () => ({ principal: { arn: "arn:aws:iam::111122223333:user/alice" } });

const copied = (bytes: Buffer) => Buffer.from(bytes);

function fresh() {
  const keys = new TestKeys();
  return { keys, bucketKeys: new BucketKeys(keys), alice: newCaller(), asked: () => keys.calls.length };
}

test("one KMS call serves many writes and reads of one caller", async () => {
  const { bucketKeys, alice, asked } = fresh();
  const made = [];
  for (let count = 0; count < 20; count++) {
    const secret = newSecret();
    made.push({ ...(await bucketKeys.wrap(callBy(alice), KEY_ID, CONTEXT, OBJECT, secret)), secret });
  }
  for (const { wrapped, secret } of made) {
    const opened = await bucketKeys.open(callBy(alice), wrapped, CONTEXT, OBJECT);
    assert.deepEqual(opened?.use(copied), secret.use(copied));
  }
  assert.equal(asked(), 1);
  assert.equal(new Set(made.map(({ wrapped }) => Buffer.from(wrapped).toString("hex"))).size, 20);
});

test("requests in flight share one KMS call, and a refusal only with nobody", async () => {
  const { bucketKeys, keys, alice, asked } = fresh();
  const write = (caller: object) => bucketKeys.wrap(callBy(caller), KEY_ID, CONTEXT, OBJECT, newSecret());
  const made = await Promise.all([...Array(10).keys()].map(() => write(alice)));
  assert.equal(asked(), 1);
  const bob = newCaller();
  await Promise.all(made.map(({ wrapped }) => bucketKeys.open(callBy(bob), wrapped, CONTEXT, OBJECT)));
  assert.equal(asked(), 2);
  await Promise.all([write(newCaller()), write(newCaller())]);
  assert.equal(asked(), 4);
  const carol = newCaller();
  keys.refusal = new AwsError("AccessDeniedException");
  const first = assert.rejects(write(carol));
  const second = write(carol);
  keys.refusal = undefined;
  await first;
  await second;
  assert.equal(asked(), 6);
});

test("another caller, a change of any key, and the end of its time each ask KMS again", async () => {
  const { bucketKeys, keys, alice, asked } = fresh();
  const { wrapped } = await bucketKeys.wrap(callBy(alice), KEY_ID, CONTEXT, OBJECT, newSecret());
  await bucketKeys.open(callBy(newCaller()), wrapped, CONTEXT, OBJECT);
  assert.equal(asked(), 2);
  keys.changes += 1;
  await bucketKeys.open(callBy(alice), wrapped, CONTEXT, OBJECT);
  assert.equal(asked(), 3);
  await bucketKeys.open(callBy(alice, 5 * MINUTE_MS - 1), wrapped, CONTEXT, OBJECT);
  assert.equal(asked(), 3);
  await bucketKeys.open(callBy(alice, 5 * MINUTE_MS), wrapped, CONTEXT, OBJECT);
  assert.equal(asked(), 4);
});

test("an object's key opens for that object alone, and what KMS wrapped itself is left to KMS", async () => {
  const { bucketKeys, alice } = fresh();
  const { wrapped } = await bucketKeys.wrap(callBy(alice), KEY_ID, CONTEXT, OBJECT, newSecret());
  for (const other of [
    { ...OBJECT, key: "another" },
    { ...OBJECT, bucketId: "b2" },
  ])
    await assert.rejects(async () => bucketKeys.open(callBy(alice), wrapped, CONTEXT, other), { name: "BrokenSeal" });
  const changed = Buffer.from(wrapped);
  changed[changed.length - 1]! ^= 1;
  await assert.rejects(async () => bucketKeys.open(callBy(alice), changed, CONTEXT, OBJECT), { name: "BrokenSeal" });
  assert.equal(bucketKeys.open(callBy(alice), Buffer.from([1, 2, 3]), CONTEXT, OBJECT), undefined);
});
