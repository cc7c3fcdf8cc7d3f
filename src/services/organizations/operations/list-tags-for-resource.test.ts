import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("tags come in order of key, and of what is there alone", async () => {
  const company = await openCompany();
  const ResourceId = await company.unit("dev");
  assert.deepEqual((await company.call("ListTagsForResource", { ResourceId })).Tags, []);
  const Tags = Array.from({ length: 25 }, (_, i) => ({ Key: String.fromCharCode(121 - i), Value: "" }));
  await company.call("TagResource", { ResourceId, Tags });
  const first = await company.call("ListTagsForResource", { ResourceId });
  const rest = await company.call("ListTagsForResource", { ResourceId, NextToken: first.NextToken });
  assert.equal(first.Tags?.length, 20);
  assert.equal(
    [...(first.Tags ?? []), ...(rest.Tags ?? [])].map(({ Key }) => Key).join(""),
    "abcdefghijklmnopqrstuvwxy",
  );
  assert.equal(await company.refused("ListTagsForResource", { ResourceId: "r-none" }), "TargetNotFoundException");
  await company.close();
});
