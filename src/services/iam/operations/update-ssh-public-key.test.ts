import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, adaWithKey, guardedOnAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("UpdateSSHPublicKey", { SSHPublicKeyId: "APKA".padEnd(21, "A"), Status: "Inactive" });

test("a key is switched off and on; nobody sets Expired", async (t) => {
  const iam = await openIam(t);
  const SSHPublicKeyId = await adaWithKey(iam);
  const status = async () => (await iam.call("ListSSHPublicKeys", ADA)).SSHPublicKeys?.map((key) => key.Status);
  await iam.call("UpdateSSHPublicKey", { ...ADA, SSHPublicKeyId, Status: "Inactive" });
  assert.deepEqual(await status(), ["Inactive"]);
  await assert.rejects(
    iam.call("UpdateSSHPublicKey", { ...ADA, SSHPublicKeyId, Status: "Expired" }),
    fails("InvalidInput", "Invalid status. Status must be Active or Inactive."),
  );
  await iam.call("UpdateSSHPublicKey", { ...ADA, SSHPublicKeyId, Status: "Active" });
  assert.deepEqual(await status(), ["Active"]);
});
