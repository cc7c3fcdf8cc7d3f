import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("a member leaves by itself, and leaves what hung on it behind", async () => {
  const company = await openCompany();
  await company.call("EnablePolicyType", { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" });
  const AccountId = await company.account("dev");
  const PolicyId = await company.denying("kms:*");
  await company.call("AttachPolicy", { PolicyId, TargetId: AccountId });
  await company.call("LeaveOrganization", {}, AccountId);
  assert.deepEqual((await company.call("ListTargetsForPolicy", { PolicyId })).Targets, []);
  assert.equal(await company.refused("LeaveOrganization", {}, AccountId), "AWSOrganizationsNotInUseException");
  assert.equal(await company.refused("LeaveOrganization"), "MasterCannotLeaveOrganizationException");
  await company.close();
});
