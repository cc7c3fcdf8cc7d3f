import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("no service has access of its own", async () => {
  const company = await openCompany();
  const { EnabledServicePrincipals } = await company.call("ListAWSServiceAccessForOrganization");
  assert.deepEqual(EnabledServicePrincipals, []);
  const member = await company.account("dev");
  assert.equal(await company.refused("ListAWSServiceAccessForOrganization", {}, member), "AccessDeniedException");
  await company.close();
});
