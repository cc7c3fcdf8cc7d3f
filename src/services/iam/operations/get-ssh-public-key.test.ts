import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, adaWithKey, guardedOnAda, madeKey, pemOf } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

const ABSENT = "APKA".padEnd(21, "A");
guardedOnAda("GetSSHPublicKey", { SSHPublicKeyId: ABSENT, Encoding: "SSH" });

test("a key comes back in either encoding, without the comment", async (t) => {
  const iam = await openIam(t);
  const SSHPublicKeyId = await adaWithKey(iam);
  const shown = async (Encoding: "SSH" | "PEM") =>
    (await iam.call("GetSSHPublicKey", { ...ADA, SSHPublicKeyId, Encoding })).SSHPublicKey?.SSHPublicKeyBody ?? "";
  assert.equal(await shown("PEM"), pemOf(1));
  const line = await shown("SSH");
  const blob = Buffer.from(line.replace(/^ssh-rsa /, ""), "base64");
  const modulus = Buffer.from(madeKey(1).export({ format: "jwk" }).n ?? "", "base64url");
  assert.deepEqual(blob.subarray(-modulus.length), modulus);
});

test("another user's key is as good as none, and so is one in lower case", async (t) => {
  const iam = await openIam(t);
  const id = await adaWithKey(iam);
  await iam.call("CreateUser", { UserName: "bob" });
  for (const [UserName, SSHPublicKeyId] of [
    ["bob", id],
    ["ada", ABSENT],
    ["ada", id.toLowerCase()],
  ] as const)
    await assert.rejects(
      iam.call("GetSSHPublicKey", { UserName, SSHPublicKeyId, Encoding: "SSH" }),
      fails("NoSuchEntity", `The Public Key with id ${SSHPublicKeyId} cannot be found.`),
    );
});
