import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany } from "../testing.js";

test("from the moment that a kind is enabled, AWS's own policy hangs on everything, new things too", async () => {
  const company = await openCompany();
  const [unit, account] = [await company.unit("dev"), await company.account("dev")];
  const input = { RootId: company.root, PolicyType: "SERVICE_CONTROL_POLICY" };
  const { Root } = await company.call("EnablePolicyType", input);
  assert.deepEqual(Root?.PolicyTypes, [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }]);
  const later = [await company.unit("later"), await company.account("later")];
  const { Targets = [] } = await company.call("ListTargetsForPolicy", { PolicyId: "p-FullAWSAccess" });
  assert.deepEqual(
    Targets.map(({ TargetId }) => TargetId).sort(),
    [company.root, unit, account, HOUSE_ACCOUNT, ...later].sort(),
  );
  assert.equal(await company.refused("EnablePolicyType", input), "PolicyTypeAlreadyEnabledException");
  const wrong = { ...input, RootId: "r-none" };
  assert.equal(await company.refused("EnablePolicyType", wrong), "RootNotFoundException");
  const other = { ...input, PolicyType: "BACKUP_POLICY" };
  assert.equal(await company.refused("EnablePolicyType", other), "PolicyTypeNotAvailableForOrganizationException");
  await company.close();
});
