import assert from "node:assert/strict";
import { test } from "node:test";
import { ABSENT, listed, newCredential } from "../service-credentials-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("DeleteServiceSpecificCredential", { ServiceSpecificCredentialId: ABSENT });

test("a user with a credential is not deleted; without it, she is", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const { id } = await newCredential(iam);
  await assert.rejects(iam.call("DeleteUser", ADA), { code: "DeleteConflict" });
  await iam.call("DeleteServiceSpecificCredential", { ...ADA, ServiceSpecificCredentialId: id });
  assert.deepEqual(await listed(iam), []);
  await assert.rejects(
    iam.call("DeleteServiceSpecificCredential", { ...ADA, ServiceSpecificCredentialId: id }),
    fails("NoSuchEntity", `No such credential ${id} exists`),
  );
  await iam.call("DeleteUser", ADA);
});
