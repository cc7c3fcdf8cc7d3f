import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("AWS's own policy is everybody's, another organization's is nobody else's", async () => {
  const company = await openCompany();
  const { Policy } = await company.call("DescribePolicy", { PolicyId: "p-FullAWSAccess" });
  assert.equal(Policy?.PolicySummary?.Arn, "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess");
  assert.equal(Policy?.PolicySummary?.AwsManaged, true);
  assert.deepEqual(JSON.parse(Policy?.Content ?? ""), {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  });
  const PolicyId = await company.denying("kms:*");
  assert.equal((await company.call("DescribePolicy", { PolicyId })).Policy?.PolicySummary?.Name, "no kms:*");
  await company.call("CreateOrganization", {}, SECOND_ACCOUNT);
  assert.equal(await company.refused("DescribePolicy", { PolicyId }, SECOND_ACCOUNT), "PolicyNotFoundException");
  await company.close();
});
