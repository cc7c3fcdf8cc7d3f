import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountId } from "../../../base/index.js";
import { directory } from "../../../identity/index.js";
import { organizationsService } from "../service.js";
import { HOUSE_ACCOUNT, openCompany } from "../testing.js";

test("a new account is a member with a role that its organization's owner may assume, and no key", async () => {
  const company = await openCompany();
  const input = {
    AccountName: "dev",
    Email: "dev@example.com",
    RoleName: "Owner",
    Tags: [{ Key: "team", Value: "blue" }],
  };
  const { CreateAccountStatus } = await company.call("CreateAccount", input);
  assert.equal(CreateAccountStatus?.State, "IN_PROGRESS");
  const { Accounts = [] } = await company.call("ListAccounts");
  const made = Accounts.find(({ Name }) => Name === "dev");
  assert.equal(made?.JoinedMethod, "CREATED");
  assert.equal(made?.Email, "dev@example.com");
  await company.house.database.read(async (tx) => {
    const account = (made?.Id ?? "") as AccountId; // twelve digits
    const role = await directory.role(tx, account, "Owner");
    assert.match(role?.trustPolicy ?? "", new RegExp(`arn:aws:iam::${HOUSE_ACCOUNT}:root`));
    const attached = await directory.attached(tx, { kind: "role", account, id: role?.id ?? "" });
    assert.deepEqual(
      attached.map(({ name }) => name),
      ["AdministratorAccess"],
    );
    assert.deepEqual(await directory.accessKeys(tx, account, undefined), []);
  });
  const { Tags } = await company.call("ListTagsForResource", { ResourceId: made?.Id });
  assert.deepEqual(Tags, [{ Key: "team", Value: "blue" }]);
  await company.close();
});

test("an address that is taken fails the request, and names nobody", async () => {
  const company = await openCompany();
  await company.account("dev");
  const input = { AccountName: "again", Email: "dev@example.com" };
  const { CreateAccountStatus } = await company.call("CreateAccount", input);
  const asked = { CreateAccountRequestId: CreateAccountStatus?.Id };
  const status = (await company.call("DescribeCreateAccountStatus", asked)).CreateAccountStatus;
  assert.equal(status?.State, "FAILED");
  assert.equal(status?.FailureReason, "EMAIL_ALREADY_EXISTS");
  assert.equal(status?.AccountId, undefined);
  assert.equal((await company.call("ListAccounts")).Accounts?.length, 2);
  await company.close();
});

test("its record hides whose account it is", async () => {
  const operation = organizationsService(undefined as never).operations.get("CreateAccount"); // nothing runs
  const shown = operation?.auditRequest({ AccountName: "dev", Email: "dev@example.com", Tags: [] });
  assert.deepEqual(shown, { accountName: "****", email: "****", tags: [] });
});
