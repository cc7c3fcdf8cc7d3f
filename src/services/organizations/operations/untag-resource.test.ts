import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("tags are taken away by key", async () => {
  const company = await openCompany();
  const ResourceId = await company.account("dev");
  const Tags = [
    { Key: "a", Value: "1" },
    { Key: "b", Value: "2" },
  ];
  await company.call("TagResource", { ResourceId, Tags });
  await company.call("UntagResource", { ResourceId, TagKeys: ["a", "none"] });
  assert.deepEqual((await company.call("ListTagsForResource", { ResourceId })).Tags, [{ Key: "b", Value: "2" }]);
  const unknown = { ResourceId: SECOND_ACCOUNT, TagKeys: ["a"] };
  assert.equal(await company.refused("UntagResource", unknown), "TargetNotFoundException");
  await company.close();
});
