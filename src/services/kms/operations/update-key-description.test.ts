import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ABSENT, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("a description is changed and cleared, also on a disabled key", async () => {
  const KeyId = await kms.keyId({ Description: "old" });
  const shown = async () => (await kms.call("DescribeKey", { KeyId })).KeyMetadata.Description;
  await kms.call("DisableKey", { KeyId });
  await kms.call("UpdateKeyDescription", { KeyId, Description: "new" });
  assert.equal(await shown(), "new");
  await kms.call("UpdateKeyDescription", { KeyId, Description: "" });
  assert.equal(await shown(), "");
  await kms.call("ScheduleKeyDeletion", { KeyId });
  assert.match(await kms.refused("UpdateKeyDescription", { KeyId, Description: "x" }), /is pending deletion\.$/);
  assert.match(await kms.refused("UpdateKeyDescription", { KeyId: ABSENT, Description: "x" }), /^NotFoundException/);
});
