import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("named tags go, absent ones are passed over, reserved ones are refused", async () => {
  const Tags = ["tag1", "tag2", "tag3"].map((TagKey) => ({ TagKey, TagValue: `value of ${TagKey}` }));
  const KeyId = await kms.keyId({ Tags });
  await kms.call("UntagResource", { KeyId, TagKeys: ["tag2", "never"] });
  assert.deepEqual((await kms.call("ListResourceTags", { KeyId })).Tags, [Tags[0], Tags[2]]);
  const reserved = "TagException: Tags beginning with aws: are reserved";
  assert.equal(await kms.refused("UntagResource", { KeyId, TagKeys: ["aws:x"] }), reserved);
  assert.match(await kms.refused("UntagResource", { KeyId, TagKeys: ["tag1"] }, as("bob")), /^AccessDeniedException/);
  await kms.call("ScheduleKeyDeletion", { KeyId });
  assert.match(await kms.refused("UntagResource", { KeyId, TagKeys: ["tag1"] }), /is pending deletion\.$/);
});
