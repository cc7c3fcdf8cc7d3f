import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type ManagedPolicy, UniqueNameTaken, type User } from "./directory.js";
import { directory } from "./directory-store.js";
import { HOUSE_ACCOUNT as account, openTestHouse, SECOND_ACCOUNT } from "./testing.js";

const createdAt = new Date("2026-11-21T09:00:00Z");
const user = (name: string, more: Partial<User> = {}): User => ({
  account,
  id: `AIDA${name}`,
  name,
  path: "/",
  arn: `arn:aws:iam::${account}:user/${name}`,
  createdAt,
  tags: [],
  ...more,
});

async function open(t: TestContext) {
  const house = await openTestHouse();
  t.after(() => house.close());
  return house.database;
}

test("a taken name is refused on insert and on rename, and leaves both as they were", async (t) => {
  const database = await open(t);
  await database.write((tx) => directory.insertUser(tx, user("ada")));
  await database.write((tx) => directory.insertUser(tx, user("bob")));
  await assert.rejects(
    database.write((tx) => directory.insertUser(tx, user("ADA", { id: "AIDAother" }))),
    UniqueNameTaken,
  );
  await assert.rejects(
    database.write((tx) => directory.updateUser(tx, { ...user("bob"), name: "Ada" })),
    UniqueNameTaken,
  );
  const slice = { account, pathPrefix: "/", after: "", limit: 10 };
  const names = (await database.read((tx) => directory.users(tx, slice))).map(({ name }) => name);
  assert.deepEqual(names, ["ada", "bob"]);
});

test("everything about a user is kept", async (t) => {
  const database = await open(t);
  const full = user("Zoë", {
    path: "/team/",
    arn: `arn:aws:iam::${account}:user/team/Zoë`,
    tags: [{ key: "a", value: "'; DROP TABLE iam_users; --" }],
    boundaryArn: "arn:aws:iam::aws:policy/PowerUserAccess",
  });
  await database.write((tx) => directory.insertUser(tx, full));
  assert.deepEqual(await database.read((tx) => directory.user(tx, account, "zoë")), full);
  assert.deepEqual(await database.read((tx) => directory.userById(tx, full.id)), full);
  assert.equal(await database.read((tx) => directory.user(tx, SECOND_ACCOUNT, "zoë")), undefined);
});

test("the access keys of a root are not those of a user", async (t) => {
  const database = await open(t);
  const key = { account, secret: "s", status: "Active", createdAt } as const;
  await database.write((tx) => directory.insertAccessKey(tx, { ...key, id: "AKIAUSER", userId: "AIDAada" }));
  const ofUser = await database.read((tx) => directory.accessKeys(tx, account, "AIDAada"));
  const ofRoot = await database.read((tx) => directory.accessKeys(tx, account, undefined));
  assert.deepEqual(
    ofUser.map(({ id }) => id),
    ["AKIAUSER"],
  );
  assert.equal(
    ofRoot.some(({ id }) => id === "AKIAUSER"),
    false,
  );
});

test("a deleted policy takes its versions with it, and nothing is in force any more", async (t) => {
  const database = await open(t);
  const policy: ManagedPolicy = {
    account,
    id: "ANPAreader",
    name: "reader",
    path: "/",
    arn: `arn:aws:iam::${account}:policy/reader`,
    defaultVersion: "v1",
    versionsMade: 1,
    createdAt,
    updatedAt: createdAt,
    tags: [],
  };
  await database.write((tx) => directory.insertManagedPolicy(tx, policy, "text"));
  assert.deepEqual(await database.read((tx) => directory.managedPolicy(tx, policy.arn)), policy);
  assert.equal(await database.read((tx) => directory.defaultDocument(tx, policy.arn)), "text");
  await database.write((tx) => directory.deleteManagedPolicy(tx, policy.id));
  assert.equal(await database.read((tx) => directory.defaultDocument(tx, policy.arn)), undefined);
  assert.deepEqual(await database.read((tx) => directory.policyVersions(tx, policy.id)), []);
});

test("versions are ordered by number, not by text", async (t) => {
  const database = await open(t);
  await database.write(async (tx) => {
    for (const number of [2, 10, 9])
      await directory.insertPolicyVersion(tx, { policyId: "p", version: `v${number}`, document: "", createdAt });
  });
  const versions = await database.read((tx) => directory.policyVersions(tx, "p"));
  assert.deepEqual(
    versions.map(({ version }) => version),
    ["v10", "v9", "v2"],
  );
});
