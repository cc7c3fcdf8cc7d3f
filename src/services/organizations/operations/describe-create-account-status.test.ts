import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany, SECOND_ACCOUNT } from "../testing.js";

test("what came of a request is told to who asked, and of no other", async () => {
  const company = await openCompany();
  const asked = await company.call("CreateAccount", { AccountName: "dev", Email: "dev@example.com" });
  const input = { CreateAccountRequestId: asked.CreateAccountStatus?.Id };
  const { CreateAccountStatus } = await company.call("DescribeCreateAccountStatus", input);
  assert.equal(CreateAccountStatus?.State, "SUCCEEDED");
  assert.match(CreateAccountStatus?.AccountId ?? "", /^\d{12}$/);
  const unknown = { CreateAccountRequestId: `car-${"0".repeat(32)}` };
  assert.equal(await company.refused("DescribeCreateAccountStatus", unknown), "CreateAccountStatusNotFoundException");
  await company.call("CreateOrganization", {}, SECOND_ACCOUNT);
  assert.equal(
    await company.refused("DescribeCreateAccountStatus", input, SECOND_ACCOUNT),
    "CreateAccountStatusNotFoundException",
  );
  await company.close();
});
