import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("what hangs on a target itself is listed, not what is above it", async () => {
  const company = await openCompany();
  const unit = await company.unit("dev");
  const listed = async (TargetId: string) =>
    (await company.call("ListPoliciesForTarget", { TargetId, Filter: "SERVICE_CONTROL_POLICY" })).Policies?.map(
      ({ Id }) => Id,
    );
  assert.deepEqual(await listed(unit), [], "the kind is not enabled");
  await company.call("EnablePolicyType", { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" });
  const PolicyId = await company.denying("kms:*");
  await company.call("AttachPolicy", { PolicyId, TargetId: company.root });
  assert.deepEqual(await listed(unit), ["p-FullAWSAccess"]);
  assert.deepEqual(await listed(company.root), ["p-FullAWSAccess", PolicyId]);
  const filter = { Filter: "SERVICE_CONTROL_POLICY" };
  assert.equal(
    await company.refused("ListPoliciesForTarget", { TargetId: SECOND_ACCOUNT, ...filter }),
    "TargetNotFoundException",
  );
  await company.close();
});
