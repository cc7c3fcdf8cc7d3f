import assert from "node:assert/strict";
import { test } from "node:test";
import { deny, openCompany } from "../testing.js";

test("a policy changes in name, description and text, and AWS's own does not", async () => {
  const company = await openCompany();
  const PolicyId = await company.denying("kms:*");
  const { Policy } = await company.call("UpdatePolicy", { PolicyId, Name: "new", Content: deny("s3:*") });
  assert.equal(Policy?.PolicySummary?.Name, "new");
  assert.equal(Policy?.Content, deny("s3:*"));
  const other = await company.denying("sts:*");
  assert.equal(await company.refused("UpdatePolicy", { PolicyId: other, Name: "new" }), "DuplicatePolicyException");
  assert.equal(await company.refused("UpdatePolicy", { PolicyId, Content: "{}" }), "MalformedPolicyDocumentException");
  const own = { PolicyId: "p-FullAWSAccess", Name: "mine" };
  assert.equal(await company.refused("UpdatePolicy", own), "InvalidInputException IMMUTABLE_POLICY");
  await company.close();
});
