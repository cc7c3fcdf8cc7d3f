import assert from "node:assert/strict";
import { after, test } from "node:test";
import { TokenBuckets } from "../../base/index.js";
import { callVia } from "../../identity/index.js";
import type { AnyOperation } from "../../kit/index.js";
import { TEST_ACCOUNT, testContext, userCaller } from "../../kit/testing.js";
import { RateLimiter } from "../../kms/index.js";
import { FOREIGN, rootArn } from "../../kms/testing.js";
import { limited } from "./limited.js";
import { allow, arnOf, openTestService, type TestService } from "./testing.js";

const opened: TestService[] = [];
after(async () => {
  for (const each of opened) await each.close();
});

/** The service with these rates. */
async function serviceWith(rates: Record<string, number>): Promise<TestService> {
  const buckets = new TokenBuckets(() => kms.clock.nowMs());
  const settings = { aws: false, rates: new Map(Object.entries(rates)) };
  const clock = { nowMs: () => kms.clock.nowMs(), now: () => kms.clock.now(), after: () => () => {} };
  const limiter = new RateLimiter(settings, async (request) => buckets.lease(request), clock);
  const kms = await openTestService(undefined, undefined, { rates: limiter });
  opened.push(kms);
  return kms;
}

const Plaintext = Buffer.from("x");
const THROTTLED =
  "ThrottlingException: You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";

test("requests over the rate are refused in AWS's words, before a key is looked for, and pass again in time", async () => {
  const kms = await serviceWith({ symmetric: 2 });
  const KeyId = await kms.keyId();
  const input = { KeyId, Plaintext };
  await kms.call("Encrypt", input);
  await kms.call("GenerateDataKey", { KeyId, KeySpec: "AES_256" });
  assert.equal(await kms.refused("Encrypt", input), THROTTLED);
  assert.equal(await kms.refused("Encrypt", { ...input, DryRun: true }), THROTTLED, "dry runs count");
  assert.equal(await kms.refused("Encrypt", { ...input, KeyId: "alias/nothing" }), THROTTLED);
  await kms.call("DescribeKey", { KeyId });
  kms.clock.advance(500);
  await kms.call("Encrypt", input);
  assert.equal(await kms.refused("Encrypt", input), THROTTLED);
});

test("the caller's account is charged, not the key's", async () => {
  const kms = await serviceWith({ symmetric: 1 });
  const KeyId = await kms.keyId();
  const Statement = [111122223333, FOREIGN].map((account) => ({
    Effect: "Allow",
    Principal: { AWS: rootArn(String(account)) },
    Action: "kms:*",
    Resource: "*",
  }));
  await kms.call("PutKeyPolicy", { KeyId, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  const abroad = { caller: userCaller("f", [allow("kms:*")], FOREIGN) };
  const input = { KeyId: arnOf(KeyId), Plaintext };
  await kms.call("Encrypt", input, abroad);
  assert.equal(await kms.refused("Encrypt", input, abroad), THROTTLED);
  await kms.call("Encrypt", input);
  assert.equal(await kms.refused("Encrypt", input), THROTTLED);
});

test("what a service does for a user counts against the user's account, and is in the trail when refused", async () => {
  const kms = await serviceWith({ symmetric: 2 });
  const KeyId = await kms.keyId();
  const call = callVia(testContext({ clock: kms.clock }), "s3", "arn:aws:s3:::b");
  const made = () => kms.kms.service.generateDataKey(call, KeyId, {});
  (await made()).plaintext.wipe();
  await kms.call("Encrypt", { KeyId, Plaintext });
  await assert.rejects(made(), { code: "ThrottlingException" });
  const last = kms.records.at(-1);
  assert.deepEqual([last?.eventName, last?.errorCode], ["GenerateDataKey", "ThrottlingException"]);
  assert.deepEqual(last?.userIdentity["invokedBy"], "s3.amazonaws.com");
});

test("a custom key store has a rate of its own, whoever calls, told once the key was found", async () => {
  const kms = await serviceWith({ customStore: 1 });
  const { rates } = kms.kms;
  assert.ok(rates);
  const find = (name: string, customKeyStoreId: string): AnyOperation => ({
    ...fake,
    name,
    target: (ctx) => Object.assign(ctx.notes.additionalEventData, { customKeyStoreId }),
  });
  const ask = async (name: string, store: string, account = FOREIGN) => {
    const caller = userCaller("f", [], account);
    return limited(find(name, store), rates).target(testContext({ clock: kms.clock, caller }), {});
  };
  await ask("Encrypt", "cks-1");
  await assert.rejects(ask("Decrypt", "cks-1"), { code: "ThrottlingException" });
  await assert.rejects(ask("Decrypt", "cks-1", TEST_ACCOUNT), { code: "ThrottlingException" });
  await ask("Encrypt", "cks-2");
  await ask("DescribeKey", "cks-1");
  kms.clock.advance(1000);
  await ask("Encrypt", "cks-1");
});

const fake: AnyOperation = {
  name: "Encrypt",
  readOnly: true,
  category: "Management",
  target: () => undefined,
  checks: () => [],
  run: async () => ({}),
  auditRequest: () => null,
  auditResponse: () => null,
};
