import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../base/index.js";
import { HMAC_KEYS, type KeyPair, type KeyPairSpec } from "../../crypto/index.js";
import { refuses } from "../test-refusals.js";
import { MaterialMaker } from "./new-material.js";

/** A generator whose keys are done when the test says so. */
function slowGenerator() {
  const running: (() => void)[] = [];
  let most = 0;
  const generate = async (spec: KeyPairSpec): Promise<KeyPair> => {
    await new Promise<void>((resolve) => {
      running.push(resolve);
      most = Math.max(most, running.length);
    });
    if (spec === "RSA_3072") throw new Error("no primes today");
    return {} as KeyPair; // nobody looks into it
  };
  const finishOne = async () => {
    await turn();
    running.shift()?.();
    await turn();
  };
  return { generate, finishOne, most: () => most, running: () => running.length };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("few RSA keys are made at once, few wait, and whoever comes later is told so", async () => {
  const slow = slowGenerator();
  const maker = new MaterialMaker(slow.generate);
  const room = LIMITS.rsaKeysAtOnce + LIMITS.rsaKeysWaiting;
  const made = Array.from({ length: room }, () => maker.makePair("RSA_4096"));
  await refuses(maker.makePair("RSA_2048"), "busy");
  for (let done = 0; done < room; done++) await slow.finishOne();
  assert.equal((await Promise.all(made)).length, room);
  assert.equal(slow.most(), LIMITS.rsaKeysAtOnce);
});

test("a key that could not be made gives its place back", async () => {
  const slow = slowGenerator();
  const maker = new MaterialMaker(slow.generate);
  for (let round = 0; round < LIMITS.rsaKeysAtOnce + 1; round++) {
    const failing = assert.rejects(maker.makePair("RSA_3072"), /no primes/);
    await slow.finishOne();
    await failing;
  }
  assert.equal(slow.running(), 0);
});

test("other keys do not wait for RSA's", async () => {
  const slow = slowGenerator();
  const maker = new MaterialMaker(slow.generate);
  const waiting = Array.from({ length: LIMITS.rsaKeysAtOnce + LIMITS.rsaKeysWaiting }, () =>
    maker.makePair("RSA_2048"),
  );
  const curve = maker.makePair("ECC_NIST_P256");
  await turn();
  assert.equal(slow.running(), LIMITS.rsaKeysAtOnce + 1);
  const hmac = await maker.make("HMAC_224");
  hmac.secret.use((bytes) => assert.equal(bytes.length, HMAC_KEYS.HMAC_224.keyBytes));
  for (let done = 0; done <= waiting.length; done++) await slow.finishOne();
  await Promise.all([...waiting, curve]);
});

test("making an RSA key does not stop the event loop", async () => {
  const maker = new MaterialMaker();
  let isMade = false;
  const making = maker.make("RSA_2048").then(() => {
    isMade = true;
  });
  let turns = 0;
  while (!isMade) {
    await turn();
    turns += 1;
  }
  await making;
  assert.ok(turns > 100, `${turns} turns`);
});
