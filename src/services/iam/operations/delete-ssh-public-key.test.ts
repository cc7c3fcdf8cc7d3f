import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, adaWithKey, guardedOnAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("DeleteSSHPublicKey", { SSHPublicKeyId: "APKA".padEnd(21, "A") });

test("a user with a key is not deleted; without it, she is, and the key is gone once", async (t) => {
  const iam = await openIam(t);
  const SSHPublicKeyId = await adaWithKey(iam);
  await assert.rejects(
    iam.call("DeleteUser", ADA),
    fails("DeleteConflict", "Cannot delete entity, must remove referenced objects first."),
  );
  await iam.call("DeleteSSHPublicKey", { ...ADA, SSHPublicKeyId });
  await assert.rejects(
    iam.call("DeleteSSHPublicKey", { ...ADA, SSHPublicKeyId }),
    fails("NoSuchEntity", `The Public Key with id ${SSHPublicKeyId} cannot be found.`),
  );
  await iam.call("DeleteUser", ADA);
});
