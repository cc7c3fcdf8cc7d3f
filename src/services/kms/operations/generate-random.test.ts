import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("as many bytes as were asked for, other ones each time", async () => {
  for (const NumberOfBytes of [1, 12, 44, 1024]) {
    assert.equal((await kms.call("GenerateRandom", { NumberOfBytes })).Plaintext.length, NumberOfBytes);
  }
  const draw = async () =>
    Buffer.from((await kms.call("GenerateRandom", { NumberOfBytes: 32 })).Plaintext).toString("hex");
  assert.notEqual(await draw(), await draw());
});

test("no number, a recipient, a key store that is not there and no permission are refused", async () => {
  assert.equal(await kms.refused("GenerateRandom", {}), "ValidationException: NumberOfBytes is required.");
  assert.match(
    await kms.refused("GenerateRandom", { NumberOfBytes: 1, Recipient: {} }),
    /^UnsupportedOperationException/,
  );
  const inStore = { NumberOfBytes: 1, CustomKeyStoreId: "cks-1" };
  assert.match(await kms.refused("GenerateRandom", inStore), /^CustomKeyStoreNotFoundException/);
  assert.match(await kms.refused("GenerateRandom", { NumberOfBytes: 1 }, as("bob")), /on resource: \*/);
  await kms.call("GenerateRandom", { NumberOfBytes: 1 }, as("bob", allow("kms:GenerateRandom")));
});
