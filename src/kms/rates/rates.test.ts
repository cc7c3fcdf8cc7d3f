import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccountId, ManualClock, type Region, TokenBuckets } from "../../base/index.js";
import { RATE_GROUPS, type RateSettings, rateGroupsOf, rateOf } from "./rate-groups.js";
import { RateLimiter } from "./rate-limiter.js";

const ACCOUNT = "111122223333" as AccountId; // twelve digits
const OTHER = "444455556666" as AccountId; // twelve digits
const REGION = "us-east-1" as Region; // a Region's name
const AWS: RateSettings = { aws: true, rates: new Map() };
const of = (account = ACCOUNT, region = REGION) => ({ account, region });

/** Some processes on one machine, with one set of buckets between them. */
function machine(rates: Record<string, number>, processes = 1, aws = false) {
  const clock = new ManualClock();
  const buckets = new TokenBuckets(() => clock.nowMs());
  let asked = 0;
  const ask = async (request: Parameters<TokenBuckets["lease"]>[0]) => {
    asked += 1;
    return buckets.lease(request);
  };
  const settings = { aws, rates: new Map(Object.entries(rates)) };
  const limiters = Array.from({ length: processes }, () => new RateLimiter(settings, ask, clock));
  return { clock, limiters, asked: () => asked };
}

/** How many of so many requests pass, one after the other, spread over the processes. */
async function passing({ limiters }: ReturnType<typeof machine>, group: string, count: number, who = of()) {
  let passed = 0;
  for (let at = 0; at < count; at++) {
    try {
      await limiters[at % limiters.length]?.take(who, [group]);
      passed += 1;
    } catch (thrown) {
      assert.match(String(thrown), /You have exceeded the rate at which you may call KMS\. Reduce the frequency/);
    }
  }
  return passed;
}

test("without a rate nothing is counted, nobody is asked and nothing is waited for", () => {
  const idle = machine({});
  assert.equal(idle.limiters[0]?.take(of(), ["symmetric", "CreateKey"]), undefined);
  assert.equal(idle.asked(), 0);
});

test("a second's requests pass at once, then as many as the time that goes by brings", async () => {
  const one = machine({ CreateKey: 5 });
  assert.equal(await passing(one, "CreateKey", 9), 5);
  one.clock.advance(199);
  assert.equal(await passing(one, "CreateKey", 3), 0);
  one.clock.advance(1);
  assert.equal(await passing(one, "CreateKey", 3), 1);
  one.clock.advance(60_000);
  assert.equal(await passing(one, "CreateKey", 9), 5, "no more than a second's are saved up");
});

test("small rates are exact over all processes; large ones miss at most what others hold, and never exceed", async () => {
  assert.equal(await passing(machine({ CreateKey: 5 }, 4), "CreateKey", 40), 5);
  const large = machine({ symmetric: 1000 }, 4);
  const passed = await passing(large, "symmetric", 4000);
  assert.ok(passed > 1000 - 4 * 20 && passed <= 1000, `${passed}`);
  let all = passed;
  for (let second = 0; second < 5; second++) {
    for (let part = 0; part < 10; part++) {
      large.clock.advance(100);
      all += await passing(large, "symmetric", 400);
    }
  }
  assert.ok(all <= 6 * 1000, `${all} in six seconds' worth`);
  assert.ok(all >= 5.7 * 1000, `${all} in six seconds' worth`);
  assert.ok(large.asked() < all / 5, `${large.asked()} questions for ${all} requests`);
});

test("tokens that a process does not use in time are gone", async () => {
  const one = machine({ symmetric: 1000 });
  await one.limiters[0]?.take(of(), ["symmetric"]);
  one.clock.advance(1000);
  const asked = one.asked();
  await one.limiters[0]?.take(of(), ["symmetric"]);
  assert.equal(one.asked(), asked + 1);
});

test("requests that wait together ask once, and all get their answer", async () => {
  const one = machine({ symmetric: 100 });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 150 }, async () => one.limiters[0]?.take(of(), ["symmetric"])),
  );
  const passed = outcomes.filter(({ status }) => status === "fulfilled").length;
  assert.equal(passed, 100);
  assert.ok(one.asked() <= 5, `${one.asked()}`);
});

test("accounts, Regions and groups have buckets of their own", async () => {
  const one = machine({ CreateKey: 2, DisableKey: 2 });
  assert.equal(await passing(one, "CreateKey", 5), 2);
  assert.equal(await passing(one, "CreateKey", 5, of(OTHER)), 2);
  assert.equal(await passing(one, "CreateKey", 5, of(ACCOUNT, "eu-west-1" as Region)), 2);
  assert.equal(await passing(one, "DisableKey", 5), 2);
});

test("a clock that is set back gives nothing away", () => {
  let nowMs = 10_000;
  const buckets = new TokenBuckets(() => nowMs);
  const lease = (count: number) => buckets.lease({ bucket: "b", rate: 10, count }).tokens;
  assert.equal(lease(10), 10);
  nowMs -= 5000;
  assert.equal(lease(10), 0);
  nowMs += 500;
  assert.equal(lease(10), 5);
});

test("what a request counts against follows from what it asks for, not from its key", () => {
  const rsa = "RSAES_OAEP_SHA_256";
  assert.deepEqual(rateGroupsOf("Encrypt", {}), ["symmetric"]);
  assert.deepEqual(rateGroupsOf("Decrypt", { EncryptionAlgorithm: rsa }), ["rsa"]);
  assert.deepEqual(rateGroupsOf("ReEncrypt", {}), ["symmetric"]);
  assert.deepEqual(rateGroupsOf("ReEncrypt", { DestinationEncryptionAlgorithm: rsa }), ["symmetric", "rsa"]);
  const both = { SourceEncryptionAlgorithm: rsa, DestinationEncryptionAlgorithm: rsa };
  assert.deepEqual(rateGroupsOf("ReEncrypt", both), ["rsa"]);
  assert.deepEqual(rateGroupsOf("Sign", { SigningAlgorithm: "RSASSA_PSS_SHA_256" }), ["rsa"]);
  assert.deepEqual(rateGroupsOf("Verify", { SigningAlgorithm: "ED25519_SHA_512" }), ["ecc"]);
  assert.deepEqual(rateGroupsOf("Sign", { SigningAlgorithm: "ML_DSA_SHAKE_256" }), ["mlDsa"]);
  assert.deepEqual(rateGroupsOf("GenerateDataKeyPair", { KeyPairSpec: "RSA_4096" }), ["GenerateDataKeyPair/RSA_4096"]);
  assert.deepEqual(rateGroupsOf("CreateKey", {}), ["CreateKey"]);
});

test("AWS's rates hold where they are asked for, those that are set go before them, and others are unlimited", () => {
  assert.equal(rateOf(AWS, "symmetric", REGION), 100_000);
  assert.equal(rateOf(AWS, "symmetric", "eu-central-1" as Region), 20_000);
  assert.equal(rateOf(AWS, "symmetric", "sa-east-1" as Region), 10_000);
  assert.equal(rateOf(AWS, "GetParametersForImport", REGION), 1);
  assert.equal(rateOf({ ...AWS, rates: new Map([["CreateKey", 7]]) }, "CreateKey", REGION), 7);
  assert.equal(rateOf({ aws: false, rates: new Map([["CreateKey", 7]]) }, "DisableKey", REGION), undefined);
});

const OPERATIONS =
  "CancelKeyDeletion ConnectCustomKeyStore CreateAlias CreateCustomKeyStore CreateGrant CreateKey Decapsulate Decrypt DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial DeriveSharedSecret DescribeCustomKeyStores DescribeKey DisableKey DisableKeyRotation DisconnectCustomKeyStore EnableKey EnableKeyRotation Encapsulate Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial ListAliases ListGrants ListKeyPolicies ListKeyRotations ListKeys ListResourceTags ListRetirableGrants PutKeyPolicy ReEncrypt ReplicateKey RetireGrant RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion Sign TagResource UntagResource UpdateAlias UpdateCustomKeyStore UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac";

test("each of the 56 operations has a rate", () => {
  const names = OPERATIONS.split(" ");
  assert.equal(names.length, 56);
  for (const name of names)
    for (const group of rateGroupsOf(name, { KeyPairSpec: "ECC_NIST_P256" })) assert.ok(RATE_GROUPS.has(group), group);
});
