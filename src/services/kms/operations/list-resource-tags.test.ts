import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

test("pages of at most fifty, in order of the tags' keys", async () => {
  const Tags = ["c", "a", "b"].map((TagKey) => ({ TagKey, TagValue: "v" }));
  const KeyId = await kms.keyId({ Tags });
  const first = await kms.call("ListResourceTags", { KeyId, Limit: 2 });
  assert.deepEqual(
    first.Tags.map((tag) => tag.TagKey),
    ["a", "b"],
  );
  const second = await kms.call("ListResourceTags", { KeyId, Limit: 2, Marker: first.NextMarker });
  assert.deepEqual(second, { Tags: [{ TagKey: "c", TagValue: "v" }], Truncated: false });
  assert.match(await kms.refused("ListResourceTags", { KeyId, Limit: 51 }), /less than or equal to 50$/);
  const other = await kms.keyId();
  assert.equal(
    await kms.refused("ListResourceTags", { KeyId: other, Marker: first.NextMarker }),
    "InvalidMarkerException",
  );
  assert.match(await kms.refused("ListResourceTags", { KeyId }, as("bob")), /^AccessDeniedException/);
});
