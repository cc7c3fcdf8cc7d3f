import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceCredentials } from "../../../identity/index.js";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { ABSENT, newCredential } from "../service-credentials-contract.js";
import { ADA, guardedOnAda, makeAda } from "../ssh-keys-contract.js";
import { fails, openIam } from "../testing.js";

guardedOnAda("ResetServiceSpecificCredential", { ServiceSpecificCredentialId: ABSENT });

test("a reset credential keeps its name and has another password", async (t) => {
  const iam = await openIam(t);
  await makeAda(iam);
  const { id, shown } = await newCredential(iam);
  const stored = async () =>
    (await iam.house.database.read((tx) => serviceCredentials.find(tx, HOUSE_ACCOUNT, id)))?.digest;
  const before = await stored();
  const reset = await iam.call("ResetServiceSpecificCredential", { ...ADA, ServiceSpecificCredentialId: id });
  const again = reset.ServiceSpecificCredential;
  assert.deepEqual({ ...again, ServicePassword: "" }, { ...shown, ServicePassword: "" });
  assert.notEqual(again?.ServicePassword, shown?.ServicePassword);
  assert.notEqual(await stored(), before);
  await assert.rejects(
    iam.call("ResetServiceSpecificCredential", { ...ADA, ServiceSpecificCredentialId: ABSENT }),
    fails("NoSuchEntity", `No such credential ${ABSENT} exists`),
  );
});
