import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("roots, units, accounts and policies take tags; what is not there does not", async () => {
  const company = await openCompany();
  const Tags = [{ Key: "team", Value: "blue" }];
  const tagged = [
    company.root,
    await company.unit("dev"),
    await company.account("dev"),
    await company.denying("kms:*"),
  ];
  for (const ResourceId of tagged) {
    await company.call("TagResource", { ResourceId, Tags });
    await company.call("TagResource", {
      ResourceId,
      Tags: [
        { Key: "team", Value: "red" },
        { Key: "a", Value: "" },
      ],
    });
    assert.deepEqual((await company.call("ListTagsForResource", { ResourceId })).Tags, [
      { Key: "a", Value: "" },
      { Key: "team", Value: "red" },
    ]);
  }
  for (const ResourceId of [SECOND_ACCOUNT, "p-00000000", "ou-none-00000000", "p-FullAWSAccess"])
    assert.equal(await company.refused("TagResource", { ResourceId, Tags }), "TargetNotFoundException", ResourceId);
  const refused = (tags: object[]) => company.refused("TagResource", { ResourceId: company.root, Tags: tags });
  assert.equal(await refused([...Tags, ...Tags]), "InvalidInputException DUPLICATE_TAG_KEY");
  assert.equal(await refused([{ Key: "aws:x", Value: "" }]), "InvalidInputException INVALID_SYSTEM_TAGS_PARAMETER");
  const many = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: "" }));
  assert.equal(await refused(many), "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED");
  await company.close();
});
