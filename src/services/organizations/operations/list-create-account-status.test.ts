import assert from "node:assert/strict";
import { test } from "node:test";
import { openCompany } from "../testing.js";

test("requests are listed by page and by state", async () => {
  const company = await openCompany();
  for (const AccountName of ["a", "b", "b"])
    await company.call("CreateAccount", { AccountName, Email: `account-${AccountName}@example.com` });
  const first = await company.call("ListCreateAccountStatus", { MaxResults: 2 });
  assert.equal(first.CreateAccountStatuses?.length, 2);
  const second = await company.call("ListCreateAccountStatus", { MaxResults: 2, NextToken: first.NextToken });
  assert.equal(second.CreateAccountStatuses?.length, 1);
  assert.equal(second.NextToken, undefined);
  const failed = await company.call("ListCreateAccountStatus", { States: ["FAILED"] });
  assert.deepEqual(
    failed.CreateAccountStatuses?.map(({ AccountName }) => AccountName),
    ["b"],
  );
  await company.close();
});
