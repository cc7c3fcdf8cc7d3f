import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { ABSENT, CODE_COMMIT, listed, newCredential } from "../service-credentials-contract.js";
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

test("a policy may name the service whose credentials may be changed", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const { id: ServiceSpecificCredentialId } = await newCredential(iam);
  const by = (service: string) => {
    const Condition = { StringEquals: { "iam:ServiceSpecificCredentialServiceName": service } };
    const allowed = { Effect: "Allow", Action: "iam:*", Resource: "*", Condition };
    return iam.as(userCaller("carl", [{ Version: "2012-10-17", Statement: [allowed] }], HOUSE_ACCOUNT));
  };
  const input = { UserName: "ada", ServiceSpecificCredentialId, Status: "Inactive" as const };
  await assert.rejects(by("bedrock.amazonaws.com").call("UpdateServiceSpecificCredential", input), { name: "Denied" });
  await by(CODE_COMMIT).call("UpdateServiceSpecificCredential", input);
});
