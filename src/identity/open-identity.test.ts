import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { newSecret, SealingKey } from "../crypto/index.js";
import { createAccessKey } from "./access-keys.js";
import type { Role, User } from "./directory.js";
import { directory } from "./directory-store.js";
import { openIdentity } from "./open-identity.js";
import { EMPTY_SCOPE } from "./session-token.js";
import { HOUSE_ACCOUNT as account, openTestHouse, type TestHouse } from "./testing.js";

const ALLOW = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
});
const blank = { account, path: "/", createdAt: new Date("2026-11-21T09:00:00Z"), tags: [] };
const ADA: User = { ...blank, id: "AIDAADAADAADAADAADAAD", name: "ada", arn: `arn:aws:iam::${account}:user/ada` };
const DEPLOY: Role = {
  ...blank,
  id: "AROADEPLOYDEPLOYDEPLO",
  name: "deploy",
  path: "/team/",
  arn: `arn:aws:iam::${account}:role/team/deploy`,
  tags: [{ key: "Team", value: "blue" }],
  trustPolicy: "{}",
  trustPrincipals: {},
  maxSessionSeconds: 3600,
};

async function open(t: TestContext): Promise<TestHouse> {
  const house = await openTestHouse();
  t.after(() => house.close());
  await house.database.write(async (tx) => {
    await directory.insertUser(tx, ADA);
    await directory.insertRole(tx, DEPLOY);
  });
  return house;
}

const keyOfAda = ({ database, clock, ids }: TestHouse) =>
  database.write((tx) => createAccessKey(tx, { account, userId: ADA.id }, { clock, ids }));

const startDeploy = ({ identity }: TestHouse, scope = EMPTY_SCOPE) =>
  identity.startSession({ account, of: { kind: "role", id: DEPLOY.id, name: "night" }, chained: false, scope }, 900);

test("a key that was never made is unknown", async (t) => {
  const { identity } = await open(t);
  assert.deepEqual(await identity.callerOf("AKIAIOSFODNN7EXAMPLE", undefined), { found: false, why: "unknown-key" });
});

test("a lasting key with a token, and a session's key without one, are not accepted", async (t) => {
  const house = await open(t);
  const { identity, rootKey } = house;
  assert.deepEqual(await identity.callerOf(rootKey.id, "dG9rZW4="), { found: false, why: "bad-token" });
  assert.equal((await identity.callerOf(rootKey.id, undefined)).found, true);
  assert.deepEqual(await identity.callerOf(rootKey.id, "dG9rZW4="), { found: false, why: "bad-token" });
  const session = startDeploy(house);
  assert.equal((await identity.callerOf(session.accessKeyId, session.sessionToken)).found, true);
  assert.deepEqual(await identity.callerOf(session.accessKeyId, undefined), { found: false, why: "unknown-key" });
});

test("a token that is changed, cut, of another session or another house is bad", async (t) => {
  const house = await open(t);
  const { accessKeyId, sessionToken } = startDeploy(house);
  const other = startDeploy(house);
  const stranger = openIdentity({ ...house, sealer: SealingKey.of(newSecret()) });
  const flipped = Buffer.from(sessionToken, "base64");
  flipped[flipped.length - 20] = (flipped[flipped.length - 20] ?? 0) ^ 1;
  const bad = { found: false, why: "bad-token" };
  for (const token of [
    "",
    "?",
    flipped.toString("base64"),
    sessionToken.slice(0, -8),
    other.sessionToken,
    "A".repeat(20_000),
  ])
    assert.deepEqual(await house.identity.callerOf(accessKeyId, token), bad, token.slice(0, 20));
  assert.deepEqual(await stranger.callerOf(accessKeyId, sessionToken), bad);
});

test("a session expires on the second, also for a process that knows it", async (t) => {
  const house = await open(t);
  const { accessKeyId, sessionToken, expiresAt } = startDeploy(house);
  house.clock.advance(899_999);
  assert.equal((await house.identity.callerOf(accessKeyId, sessionToken)).found, true);
  house.clock.advance(1);
  assert.equal(house.clock.nowMs(), expiresAt.getTime());
  const neighbour = await house.neighbour();
  for (const { identity } of [house, neighbour])
    assert.deepEqual(await identity.callerOf(accessKeyId, sessionToken), { found: false, why: "expired-token" });
});

test("a session is accepted by every process and ends with its role", async (t) => {
  const house = await open(t);
  const neighbour = await house.neighbour();
  const { accessKeyId, secretAccessKey, sessionToken } = startDeploy(house);
  const credential = await neighbour.identity.callerOf(accessKeyId, sessionToken);
  assert.ok(credential.found);
  assert.equal(credential.secret, secretAccessKey);
  await house.database.write((tx) => directory.deleteRole(tx, DEPLOY.id));
  for (const { identity } of [house, neighbour])
    assert.deepEqual(await identity.callerOf(accessKeyId, sessionToken), { found: false, why: "bad-token" });
});

test("a policy change in one process is seen by the next request in another", async (t) => {
  const house = await open(t);
  const neighbour = await house.neighbour();
  const key = await keyOfAda(house);
  const policies = async () => {
    const credential = await neighbour.identity.callerOf(key.id, undefined);
    return credential.found ? credential.caller.policies.identity.map(({ name }) => name) : credential.why;
  };
  assert.deepEqual(await policies(), []);
  const holder = { kind: "user", account, id: ADA.id } as const;
  await house.database.write((tx) => directory.putInlinePolicy(tx, holder, { name: "p", document: ALLOW }));
  assert.deepEqual(await policies(), ["inline policy p of user ada"]);
  await house.database.write((tx) => directory.deleteInlinePolicy(tx, holder, "p"));
  assert.deepEqual(await policies(), []);
});

test("an unchanged directory is asked once", async (t) => {
  const house = await open(t);
  const first = await house.identity.callerOf(house.rootKey.id, undefined);
  assert.equal(await house.identity.callerOf(house.rootKey.id, undefined), first);
});

test("a boundary whose policy is gone still limits: it allows nothing", async (t) => {
  const house = await open(t);
  const boundaryArn = `arn:aws:iam::${account}:policy/gone`;
  await house.database.write((tx) => directory.updateUser(tx, { ...ADA, boundaryArn }));
  const credential = await house.identity.callerOf((await keyOfAda(house)).id, undefined);
  assert.ok(credential.found);
  assert.equal(credential.caller.policies.boundary?.name, boundaryArn);
});

test("a user is told by name, tags and boundary", async (t) => {
  const house = await open(t);
  const tags = [{ key: "Team", value: "blue" }];
  await house.database.write((tx) => directory.updateUser(tx, { ...ADA, tags }));
  const key = await keyOfAda(house);
  const credential = await house.identity.callerOf(key.id, undefined);
  assert.ok(credential.found);
  const { caller } = credential;
  assert.deepEqual(caller.principal, { kind: "user", arn: ADA.arn, account, uniqueId: ADA.id });
  assert.deepEqual(Object.fromEntries([...caller.values]), {
    "aws:principalarn": ADA.arn,
    "aws:principalaccount": account,
    "aws:principaltype": "User",
    "aws:userid": ADA.id,
    "aws:username": "ada",
    "aws:principalisawsservice": "false",
    "aws:principaltag/team": "blue",
  });
  assert.deepEqual(caller.userIdentity, {
    type: "IAMUser",
    principalId: ADA.id,
    arn: ADA.arn,
    accountId: account,
    accessKeyId: key.id,
    userName: "ada",
  });
  assert.equal(caller.session, undefined);
});

test("a role session is told by its role, its name and its issue, its own tags before the role's", async (t) => {
  const house = await open(t);
  const scope = { ...EMPTY_SCOPE, tags: [{ key: "TEAM", value: "red" }], transitiveKeys: ["team"] };
  const { accessKeyId, sessionToken } = startDeploy(house, scope);
  const credential = await house.identity.callerOf(accessKeyId, sessionToken);
  assert.ok(credential.found);
  const { caller } = credential;
  const arn = `arn:aws:sts::${account}:assumed-role/deploy/night`;
  assert.deepEqual(caller.principal, {
    kind: "assumed-role",
    arn,
    account,
    roleArn: DEPLOY.arn,
    uniqueId: DEPLOY.id,
  });
  assert.equal(caller.values.get("aws:principalarn"), DEPLOY.arn);
  assert.equal(caller.values.get("aws:principaltag/team"), "red");
  assert.equal(caller.values.get("aws:multifactorauthpresent"), "false");
  assert.deepEqual(caller.userIdentity, {
    type: "AssumedRole",
    principalId: `${DEPLOY.id}:night`,
    arn,
    accountId: account,
    accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: DEPLOY.id,
        arn: DEPLOY.arn,
        accountId: account,
        userName: "deploy",
      },
      attributes: { creationDate: "2026-11-21T09:00:00Z", mfaAuthenticated: "false" },
    },
  });
  assert.deepEqual(caller.session?.transitiveTags, [{ key: "TEAM", value: "red" }]);
});
