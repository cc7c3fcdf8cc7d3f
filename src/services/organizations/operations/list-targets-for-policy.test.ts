import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("targets are named with what they are", async () => {
  const company = await openCompany();
  await company.call("EnablePolicyType", { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" });
  const unit = await company.unit("dev");
  const account = await company.account("ops");
  const PolicyId = await company.denying("kms:*");
  for (const TargetId of [company.root, unit, account]) await company.call("AttachPolicy", { PolicyId, TargetId });
  const { Targets = [] } = await company.call("ListTargetsForPolicy", { PolicyId });
  assert.deepEqual(
    Targets.map(({ TargetId, Name, Type }) => [TargetId, Name, Type]).sort(),
    [
      [account, "ops", "ACCOUNT"],
      [unit, "dev", "ORGANIZATIONAL_UNIT"],
      [company.root, "Root", "ROOT"],
    ].sort(),
  );
  assert.equal(await company.refused("ListTargetsForPolicy", { PolicyId: "p-00000000" }), "PolicyNotFoundException");
  await company.close();
});
