import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT, openCompany, SECOND_ACCOUNT } from "../testing.js";

test("all members are listed, page by page, to the management account alone", async () => {
  const company = await openCompany();
  const made = [await company.account("dev"), await company.account("ops")];
  const seen: (string | undefined)[] = [];
  for (let NextToken: string | undefined, first = true; first || NextToken !== undefined; first = false) {
    const page = await company.call("ListAccounts", { MaxResults: 2, NextToken });
    seen.push(...(page.Accounts ?? []).map(({ Id }) => Id));
    NextToken = page.NextToken;
  }
  assert.deepEqual(seen, [...made, HOUSE_ACCOUNT].sort());
  assert.equal(await company.refused("ListAccounts", { NextToken: "x" }), "InvalidInputException INVALID_NEXT_TOKEN");
  assert.equal(await company.refused("ListAccounts", {}, made[0]), "AccessDeniedException");
  assert.equal(await company.refused("ListAccounts", {}, SECOND_ACCOUNT), "AWSOrganizationsNotInUseException");
  await company.close();
});
