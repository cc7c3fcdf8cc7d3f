import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { BEDROCK, CODE_COMMIT, listed, newCredential } from "../service-credentials-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("CreateServiceSpecificCredential", { ServiceName: CODE_COMMIT });

test("a password is shown once, under a name that no other credential of the service has", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada+1" });
  await iam.call("CreateServiceSpecificCredential", { UserName: "ada+1", ServiceName: CODE_COMMIT });
  await makeAda(iam);
  const { shown } = await newCredential(iam);
  const second = await newCredential(iam);
  assert.deepEqual(
    [shown?.ServiceUserName, second.shown?.ServiceUserName],
    [`ada-at-${HOUSE_ACCOUNT}`, `ada+2-at-${HOUSE_ACCOUNT}`],
  );
  assert.deepEqual([shown?.Status, shown?.ServiceName, shown?.UserName], ["Active", CODE_COMMIT, "ada"]);
  const password = shown?.ServicePassword ?? "";
  assert.match(password, /^[A-Za-z0-9+/]{43}=$/);
  const recorded = iam.recorded("CreateServiceSpecificCredential", { ServiceSpecificCredential: shown });
  const rows = await iam.house.database.read((tx) => tx.all<{ body: string }>("SELECT body FROM iam_items LIMIT 9"));
  const said = JSON.stringify([recorded, rows, await listed(iam)]);
  assert.ok(said.includes(shown?.ServiceSpecificCredentialId ?? "?") && !said.includes(password));
});

test("a service that takes tokens gets one, which ends when it should", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const { shown } = await newCredential(iam, BEDROCK, { CredentialAgeDays: 2 });
  assert.match(shown?.ServiceCredentialSecret ?? "", /^ABSK/);
  assert.deepEqual([shown?.ServicePassword, shown?.ServiceCredentialAlias], [undefined, `ada-at-${HOUSE_ACCOUNT}`]);
  assert.deepEqual(shown?.ExpirationDate, new Date("2026-11-23T09:00:00Z"));
  const status = async () => (await listed(iam))[0]?.Status;
  iam.house.clock.advance(2 * 24 * 3600_000 - 1);
  assert.equal(await status(), "Active");
  iam.house.clock.advance(1);
  assert.equal(await status(), "Expired");
  const recorded = iam.recorded("CreateServiceSpecificCredential", { ServiceSpecificCredential: shown });
  assert.ok(!JSON.stringify(recorded).includes(shown?.ServiceCredentialSecret ?? ""));
});

test("other services, ages of passwords and a third credential are refused", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  await assert.rejects(
    newCredential(iam, "s3.amazonaws.com"),
    fails("NoSuchEntity", "No such service s3.amazonaws.com is supported for Service Specific Credentials"),
  );
  await assert.rejects(newCredential(iam, CODE_COMMIT, { CredentialAgeDays: 1 }), { code: "InvalidInput" });
  await newCredential(iam);
  await newCredential(iam);
  await assert.rejects(
    newCredential(iam),
    fails("LimitExceeded", "Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2"),
  );
  await newCredential(iam, BEDROCK);
  assert.equal((await iam.call("ListServiceSpecificCredentials", ADA)).ServiceSpecificCredentials?.length, 3);
});
