import assert from "node:assert/strict";
import { test } from "node:test";
import { ABSENT, listed, newCredential } from "../service-credentials-contract.js";
import { guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("UpdateServiceSpecificCredential", { ServiceSpecificCredentialId: ABSENT, Status: "Inactive" });

test("a credential is switched off; another user's is as good as none", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  await iam.call("CreateUser", { UserName: "bob" });
  const { id: ServiceSpecificCredentialId } = await newCredential(iam);
  const update = (UserName: string, Status: "Active" | "Inactive" | "Expired") =>
    iam.call("UpdateServiceSpecificCredential", { UserName, ServiceSpecificCredentialId, Status });
  await update("ada", "Inactive");
  assert.equal((await listed(iam))[0]?.Status, "Inactive");
  await assert.rejects(update("ada", "Expired"), { code: "InvalidInput" });
  await assert.rejects(
    update("bob", "Active"),
    fails("NoSuchEntity", `No such credential ${ServiceSpecificCredentialId} exists`),
  );
});
