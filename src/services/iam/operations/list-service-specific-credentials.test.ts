import assert from "node:assert/strict";
import { test } from "node:test";
import { BEDROCK, CODE_COMMIT, listed, newCredential } from "../service-credentials-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, guarded, openIam } from "../testing.js";

guardedOnAda("ListServiceSpecificCredentials", {});
guarded("ListServiceSpecificCredentials", { AllUsers: true }, "*");

test("a list is of one user or of all, of one service or of all, a page at a time", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  await iam.call("CreateUser", { UserName: "bob" });
  await newCredential(iam);
  await newCredential(iam, BEDROCK);
  await iam.call("CreateServiceSpecificCredential", { UserName: "bob", ServiceName: CODE_COMMIT });
  const owners = async (input: object) => (await listed(iam, input)).map((each) => each.UserName).sort();
  assert.deepEqual(await owners(ADA), ["ada", "ada"]);
  assert.deepEqual(await owners({ ...ADA, ServiceName: BEDROCK }), ["ada"]);
  assert.deepEqual(await owners({ AllUsers: true }), ["ada", "ada", "bob"]);
  const all = { AllUsers: true, ServiceName: CODE_COMMIT, MaxItems: 1 };
  const first = await iam.call("ListServiceSpecificCredentials", all);
  const second = await iam.call("ListServiceSpecificCredentials", { ...all, Marker: first.Marker });
  const pages = [first, second].map((page) => page.ServiceSpecificCredentials?.map((each) => each.UserName));
  assert.deepEqual(pages.flat().sort(), ["ada", "bob"]);
  assert.deepEqual([first.IsTruncated, second.IsTruncated], [true, false]);
});

test("nobody and no service is found that is not there", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(listed(iam), fails("NoSuchEntity", "The user with name ada cannot be found."));
  await makeAda(iam);
  await assert.rejects(listed(iam, { ...ADA, ServiceName: "s3.amazonaws.com" }), { code: "NoSuchEntity" });
  await assert.rejects(listed(iam, { ...ADA, AllUsers: true }), { code: "InvalidInput" });
});
