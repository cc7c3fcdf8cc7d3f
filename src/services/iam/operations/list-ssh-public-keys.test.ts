import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, adaWithKey, guardedOnAda, pemOf } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("ListSSHPublicKeys", {});

test("ListSSHPublicKeys pages through a user's keys, without their texts", async (t) => {
  const iam = await openIam(t);
  const first = await adaWithKey(iam);
  const second = (await iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody: pemOf(2) })).SSHPublicKey;
  const page = await iam.call("ListSSHPublicKeys", { ...ADA, MaxItems: 1 });
  const rest = await iam.call("ListSSHPublicKeys", { ...ADA, Marker: page.Marker });
  const listed = [...(page.SSHPublicKeys ?? []), ...(rest.SSHPublicKeys ?? [])];
  assert.deepEqual(listed.map((key) => key.SSHPublicKeyId).sort(), [first, second?.SSHPublicKeyId].sort());
  assert.deepEqual([page.IsTruncated, rest.IsTruncated, "SSHPublicKeyBody" in (listed[0] ?? {})], [true, false, false]);
});

test("nobody is found who is not there", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(
    iam.call("ListSSHPublicKeys", ADA),
    fails("NoSuchEntity", "The user with name ada cannot be found."),
  );
});
