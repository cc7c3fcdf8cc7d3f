import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { changeKey } from "./change-key.js";
import { disable } from "./deletion.js";
import type { Grant, GrantId } from "./grants/grant.js";
import { deleteGrant, insertGrant } from "./grants/store.js";
import type { Key } from "./key.js";
import { bump, findAlias, findKey, insertAlias, moveAlias, updatePolicy } from "./store/index.js";
import { ACCOUNT, openTestKms, REGION, type TestKms, user } from "./testing.js";

let house: TestKms;
before(async () => {
  house = await openTestKms();
});
after(() => house.close());

const PLACE = { account: ACCOUNT, region: REGION };
const ALICE = user("alice", ACCOUNT, []).principal;
const grantTo = (key: Key, digit: string): Grant => ({
  key,
  id: digit.repeat(64) as GrantId, // sixty-four hex digits
  name: "",
  createdAt: house.clock.now(),
  issuingAccount: ACCOUNT,
  grantee: { name: ALICE.arn, isService: false },
  operations: ["Decrypt"],
  constraints: {},
});

test("a known key is found without waiting, until anything changes", async () => {
  const { keys } = house.kms;
  const key = await house.newKey();
  const other = await house.newKey();
  await keys.find(key.arn, PLACE, "NotFoundException");
  await keys.find(other.id, PLACE, "NotFoundException");
  const again = keys.find(key.arn, PLACE, "NotFoundException");
  assert.ok(!(again instanceof Promise));
  await house.database.write((tx) => changeKey(tx, key, disable));
  assert.ok(keys.find(key.arn, PLACE, "NotFoundException") instanceof Promise);
  assert.equal((await keys.find(key.arn, PLACE, "NotFoundException")).loaded?.key.state, "Disabled");
  assert.ok(!(keys.find(other.id, PLACE, "NotFoundException") instanceof Promise), "other keys keep their place");
});

test("another process's change is seen at the next look", async () => {
  const second = await house.another();
  const key = await house.newKey();
  const state = async () => (await second.keys.byRef(key))?.key.state;
  assert.equal(await state(), "Enabled");
  assert.ok(!(second.keys.byRef(key) instanceof Promise));
  await house.database.write((tx) => changeKey(tx, key, disable));
  assert.equal(await state(), "Disabled");
});

test("a policy, an alias and a grant that changed are forgotten with their key", async () => {
  const { kms, database, clock } = house;
  const [key, next] = [await house.newKey(), await house.newKey()];
  const now = clock.now();
  await database.write((tx) =>
    insertAlias(tx, { ...PLACE, name: "alias/moving", keyId: key.id, createdAt: now, updatedAt: now }),
  );
  const aliased = async () => (await kms.keys.find("alias/moving", PLACE, "NotFoundException")).loaded?.key.id;
  assert.equal(await aliased(), key.id);
  await database.write(async (tx) => {
    const alias = (await findAlias(tx, ACCOUNT, REGION, "alias/moving")) ?? assert.fail();
    await moveAlias(tx, alias, next.id, now);
  });
  assert.equal(await aliased(), next.id);

  const before = (await kms.keys.byRef(key)) ?? assert.fail();
  const document = { Version: "2012-10-17", Statement: [] };
  await database.write(async (tx) => {
    const stored = (await findKey(tx, key)) ?? assert.fail();
    await updatePolicy(tx, { ...stored, policy: JSON.stringify(document) });
  });
  const after = (await kms.keys.byRef(key)) ?? assert.fail();
  assert.equal(before.policy.policy.statements.length, 1);
  assert.equal(after.policy.policy.statements.length, 0);
});

test("grants come and go for their grantee at once, and for nobody else", async () => {
  const { kms, database } = house;
  const key = await house.newKey();
  const load = async () => (await kms.keys.byRef(key)) ?? assert.fail();
  const ids = async (who = ALICE) => (await kms.keys.grantsOf(await load(), who)).map((grant) => grant.id[0]);
  assert.deepEqual(await ids(), []);
  await database.write((tx) => insertGrant(tx, grantTo(key, "a")));
  await database.write((tx) => insertGrant(tx, { ...grantTo(key, "b"), granteeUniqueId: "AIDASOMEBODYELSE" }));
  assert.deepEqual(await ids(), ["a"]);
  assert.deepEqual(await ids(user("bob", ACCOUNT, []).principal), []);
  assert.ok(!(kms.keys.grantsOf(await load(), ALICE) instanceof Promise));
  await database.write((tx) => deleteGrant(tx, key, grantTo(key, "a").id));
  assert.deepEqual(await ids(), []);
});

test("who missed a part of the list of changes forgets everything", async () => {
  const second = await house.another();
  const key = await house.newKey();
  assert.equal((await second.keys.byRef(key))?.key.state, "Enabled");
  const other = await house.newKey();
  await house.database.write(async (tx) => {
    await changeKey(tx, key, disable);
    for (let count = 0; count < 1005; count++) await bump(tx, other);
  });
  assert.equal((await second.keys.byRef(key))?.key.state, "Disabled");
});
