import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { User } from "./directory.js";
import { directory } from "./directory-store.js";
import { HOUSE_ACCOUNT as account, openTestHouse } from "./testing.js";

const createdAt = new Date("2026-11-21T09:00:00Z");
const ADA: User = {
  account,
  id: "AIDAADAADAADAADAADAAD",
  name: "ada",
  path: "/team/",
  arn: `arn:aws:iam::${account}:user/team/ada`,
  createdAt,
  tags: [],
};

async function open(t: TestContext) {
  const house = await openTestHouse();
  t.after(() => house.close());
  await house.database.write(async (tx) => {
    await directory.insertUser(tx, ADA);
    const role = { trustPolicy: "{}", trustPrincipals: {}, maxSessionSeconds: 3600 };
    await directory.insertRole(tx, { ...ADA, ...role, id: "AROADEPLOYDEPLOYDEPLO", name: "deploy", arn: "unused" });
  });
  return house;
}

test("who is not there is missing: wrong path, wrong kind, wrong text", async (t) => {
  const { identity } = await open(t);
  const missing = [
    `arn:aws:iam::${account}:user/ada`,
    `arn:aws:iam::${account}:role/team/ada`,
    `arn:aws:iam::${account}:group/team/ada`,
    `arn:aws:sts::${account}:assumed-role/deploy`,
    `arn:aws:sts::${account}:assumed-role/team/deploy/x`,
    `arn:aws:s3::${account}:root`,
    ADA.id,
    "*",
    "",
  ];
  for (const name of missing) assert.deepEqual(await identity.resolvePrincipal(name), { kind: "missing" }, name);
});

test("whose account is not hosted is elsewhere", async (t) => {
  const { identity } = await open(t);
  for (const name of ["999999999999", "arn:aws:iam::999999999999:root", "arn:aws:iam::999999999999:user/x"])
    assert.deepEqual(await identity.resolvePrincipal(name), { kind: "elsewhere" }, name);
});

test("roots, users, roles, sessions and federated users are found", async (t) => {
  const { identity } = await open(t);
  const found = async (name: string, uniqueId?: string) =>
    assert.deepEqual(await identity.resolvePrincipal(name), { kind: "found", ...(uniqueId ? { uniqueId } : {}) }, name);
  await found(account);
  await found(`arn:aws:iam::${account}:root`);
  await found(ADA.arn, ADA.id);
  await found(`arn:aws:iam::${account}:role/team/deploy`, "AROADEPLOYDEPLOYDEPLO");
  await found(`arn:aws:sts::${account}:assumed-role/deploy/night`, "AROADEPLOYDEPLOYDEPLO");
  await found(`arn:aws:sts::${account}:federated-user/bob`);
});

test("a unique id leads to the ARN of today, and nowhere once deleted", async (t) => {
  const { identity, database } = await open(t);
  await database.write((tx) => directory.updateUser(tx, { ...ADA, name: "eve", path: "/" }));
  assert.equal(await identity.arnOfUniqueId(ADA.id), `arn:aws:iam::${account}:user/eve`);
  await database.write((tx) => directory.deleteUser(tx, ADA.id));
  assert.equal(await identity.arnOfUniqueId(ADA.id), undefined);
  assert.equal(await identity.arnOfUniqueId("AROANOSUCHNOSUCHNOSUC"), undefined);
});
