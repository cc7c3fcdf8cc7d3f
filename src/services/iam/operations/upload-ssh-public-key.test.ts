import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, guardedOnAda, makeAda, pemOf } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("UploadSSHPublicKey", { SSHPublicKeyBody: pemOf(1) });

// From `ssh-keygen -t rsa -b 2048`, with the fingerprint that `ssh-keygen -E md5 -lf` printed.
const LINE =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCoJBupirhZGI2ivbn+Sdb1OG0rSIRilkzzLKpInEjw19xd0V/yY+rXyVlEodZadK56CNpEJsgArvpUIyztth+VaqVvJi2dtJlN74rjQAN1L9cAur/J+X6YIq08fpcb/Rx4C3qfwHdjgkZ0jhlrSMZyGJzXIds/fkNqtogx4F1ZO2oI089CaeKiSnlG7aby0ndOHYKssmWhdyWnJABSeRFO+Bn7jPfvI3UENgVu+YIcF3RCznc3pnABNmH2BcVcSBvU6A3BhhcDXSPwP651QId7kaE3x/8vbfGEua2qlgxHkZmoi9m5GExNw37oPq9x0vLdsPN1F+8dXaZ+yC5CJKgZ";
const FINGERPRINT = "88:b9:ca:3d:07:b1:1a:ce:e1:0f:1b:a1:fa:61:6f:81";

test("a key comes as ssh-keygen writes it; the answer repeats it with its fingerprint", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const { SSHPublicKey } = await iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody: `${LINE} ada@home\n` });
  assert.deepEqual(SSHPublicKey, {
    UserName: "ada",
    SSHPublicKeyId: SSHPublicKey?.SSHPublicKeyId,
    Fingerprint: FINGERPRINT,
    SSHPublicKeyBody: `${LINE} ada@home\n`,
    Status: "Active",
    UploadDate: iam.house.clock.now(),
  });
  assert.match(SSHPublicKey?.SSHPublicKeyId ?? "", /^APKA[A-Z2-7]{17}$/);
});

test("the same key in another encoding is a duplicate for the user, and nobody else's", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  await iam.call("CreateUser", { UserName: "bob" });
  const { SSHPublicKey } = await iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody: pemOf(1) });
  const SSHPublicKeyId = SSHPublicKey?.SSHPublicKeyId ?? "";
  const line = (await iam.call("GetSSHPublicKey", { ...ADA, SSHPublicKeyId, Encoding: "SSH" })).SSHPublicKey;
  await assert.rejects(
    iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody: `${line?.SSHPublicKeyBody} again` }),
    fails("DuplicateSSHPublicKey", "The SSH public key is already associated with the specified IAM user."),
  );
  await iam.call("UploadSSHPublicKey", { UserName: "bob", SSHPublicKeyBody: pemOf(1) });
});

test("what is no RSA key of a good length is refused", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const upload = (SSHPublicKeyBody: string) => iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody });
  const blob = Buffer.from(LINE.split(" ")[1] ?? "", "base64");
  const invalid = [
    "ssh-rsa",
    "ssh-rsa not-base-64!",
    `ssh-dss ${blob.toString("base64")}`,
    `ssh-rsa ${blob.subarray(0, -1).toString("base64")}`,
    `ssh-rsa ${Buffer.concat([blob, Buffer.alloc(1)]).toString("base64")}`,
    `ssh-rsa ${Buffer.concat([blob, Buffer.alloc(4)]).toString("base64")}`,
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKzvfE+qS09w+okgrO0gY7jryF0lSCxdEO/O0UaUhuZe",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    pemOf(1, 1024),
  ];
  for (const body of invalid) await assert.rejects(upload(body), { code: "InvalidPublicKey" }, body.slice(0, 30));
  for (const body of ["a key", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
    await assert.rejects(upload(body), { code: "UnrecognizedPublicKeyEncoding" }, body);
  assert.deepEqual((await iam.call("ListSSHPublicKeys", ADA)).SSHPublicKeys, []);
});

test("a user has five keys at most", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  for (let seed = 1; seed <= 5; seed++) await iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody: pemOf(seed) });
  await assert.rejects(
    iam.call("UploadSSHPublicKey", { ...ADA, SSHPublicKeyBody: pemOf(6) }),
    fails("LimitExceeded", "Cannot exceed quota for SSHPublicKeysPerUser: 5"),
  );
});
