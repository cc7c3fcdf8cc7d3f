import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { AccountId, Region } from "../../base/index.js";
import { decide } from "../../policy/index.js";
import { createAccessKey } from "../access-keys.js";
import { type Check, decisionInput } from "../authorize.js";
import type { CallContext, Caller } from "../call.js";
import { HOUSE_ACCOUNT, openTestHouse, SECOND_ACCOUNT, type TestHouse } from "../testing.js";
import { FULL_ACCESS } from "./aws-policies.js";
import { policyStore } from "./policy-store.js";
import type { OrganizationPolicyType } from "./records.js";
import { treeStore } from "./tree-store.js";

const [ORGANIZATION, ROOT, UNIT] = ["o-0123456789", "r-root", "ou-root-00000001"];
const ALONE = "777788889999" as AccountId; // twelve digits
const SCP = "SERVICE_CONTROL_POLICY";
const RCP = "RESOURCE_CONTROL_POLICY";

let house: TestHouse;
let neighbour: TestHouse;
let memberKey: string;

before(async () => {
  house = await openTestHouse();
  neighbour = await house.neighbour();
  const { database } = house;
  const createdAt = house.clock.now();
  await database.write(async (tx) => {
    memberKey = (await createAccessKey(tx, { account: SECOND_ACCOUNT }, house)).id;
    const policyTypes = [SCP, RCP] as const;
    const whole = { id: ORGANIZATION, management: HOUSE_ACCOUNT, featureSet: "ALL", policyTypes, createdAt } as const;
    await treeStore.putOrganization(tx, whole);
    const node = { organization: ORGANIZATION, tags: [], createdAt };
    await treeStore.insertNode(tx, { ...node, id: ROOT, name: "Root" });
    await treeStore.insertNode(tx, { ...node, id: UNIT, parent: ROOT, name: "unit" });
    const joined = { organization: ORGANIZATION, joinedMethod: "CREATED", joinedAt: createdAt, tags: [] } as const;
    await treeStore.putMember(tx, { ...joined, account: HOUSE_ACCOUNT, parent: ROOT });
    await treeStore.putMember(tx, { ...joined, account: SECOND_ACCOUNT, parent: UNIT });
    for (const target of [ROOT, UNIT, HOUSE_ACCOUNT, SECOND_ACCOUNT])
      for (const type of policyTypes)
        await policyStore.attach(tx, { organization: ORGANIZATION, type, target, policy: FULL_ACCESS[type].id });
  });
});

after(() => house.close());

async function hang(target: string, type: OrganizationPolicyType, Action: string, more: object = {}): Promise<string> {
  const id = `p-${target}-${Action}`.toLowerCase();
  const said = { Effect: "Deny", Action, Resource: "*", ...(type === RCP && { Principal: "*" }), ...more };
  const content = JSON.stringify({ Version: "2012-10-17", Statement: [said] });
  await house.database.write(async (tx) => {
    const policy = { id, organization: ORGANIZATION, type, name: id, description: "", content, tags: [] };
    await policyStore.insertPolicy(tx, policy);
    await policyStore.attach(tx, { organization: ORGANIZATION, type, target, policy: id });
  });
  return id;
}

const takeDown = (target: string, id: string) =>
  house.database.write(async (tx) => {
    await policyStore.detach(tx, target, id);
    await policyStore.deletePolicy(tx, id);
  });

async function callerOf(keyId: string, at = house): Promise<Caller> {
  const answer = await at.identity.callerOf(keyId, undefined);
  assert.ok(answer.found);
  return answer.caller;
}

const callOf = (caller: Caller): CallContext => ({
  caller,
  region: "us-east-1" as Region, // a Region's name
  requestId: "r",
  time: house.clock.now(),
  sourceIp: "203.0.113.7",
  userAgent: "t",
  secureTransport: true,
  commit: (database, unit) => database.write(unit),
});

function verdict(caller: Caller, action: string, more: Partial<Check> = {}): string {
  const side = { kind: "none", account: caller.account } as const;
  const decision = decide(decisionInput(callOf(caller), { action, resource: "*", side, ...more }));
  if (decision.allowed) return "allowed";
  return `${decision.explicit ? "explicit" : "implicit"} ${decision.layer}`;
}

test("each level above a member has its say, at the next call, in every process", async () => {
  for (const target of [ROOT, UNIT, SECOND_ACCOUNT]) {
    assert.equal(verdict(await callerOf(memberKey, neighbour), "kms:Decrypt"), "allowed");
    const id = await hang(target, SCP, "kms:Decrypt");
    for (const process of [house, neighbour]) {
      assert.equal(verdict(await callerOf(memberKey, process), "kms:Decrypt"), "explicit service control policy");
      assert.equal(verdict(await callerOf(memberKey, process), "kms:Encrypt"), "allowed");
    }
    await takeDown(target, id);
  }
  assert.equal(verdict(await callerOf(memberKey, neighbour), "kms:Decrypt"), "allowed");
});

test("a level without the policy that allows everything allows what its others do", async () => {
  const id = await hang(UNIT, SCP, "s3:*", { Effect: "Allow" });
  await house.database.write((tx) => policyStore.detach(tx, UNIT, FULL_ACCESS[SCP].id));
  assert.equal(verdict(await callerOf(memberKey), "kms:Decrypt"), "implicit service control policy");
  assert.equal(verdict(await callerOf(memberKey), "s3:GetObject"), "allowed");
  await house.database.write((tx) =>
    policyStore.attach(tx, { organization: ORGANIZATION, type: SCP, target: UNIT, policy: FULL_ACCESS[SCP].id }),
  );
  await takeDown(UNIT, id);
});

test("the management account is limited by nothing, and neither are others' accounts", async () => {
  const id = await hang(ROOT, SCP, "*");
  assert.equal(verdict(await callerOf(house.rootKey.id), "kms:Decrypt"), "allowed");
  await house.database.write((tx) => treeStore.deleteMember(tx, SECOND_ACCOUNT));
  assert.equal(verdict(await callerOf(memberKey), "kms:Decrypt"), "allowed", "who left is free");
  const joined = {
    organization: ORGANIZATION,
    joinedMethod: "CREATED",
    joinedAt: house.clock.now(),
    tags: [],
  } as const;
  await house.database.write((tx) => treeStore.putMember(tx, { ...joined, account: SECOND_ACCOUNT, parent: UNIT }));
  assert.equal(verdict(await callerOf(memberKey), "kms:Decrypt"), "explicit service control policy");
  await takeDown(ROOT, id);
});

test("a resource control policy holds for a member's resources, whoever comes, and for no others", async () => {
  const id = await hang(UNIT, RCP, "kms:Decrypt", {
    Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-other" } },
  });
  const policy = { name: "p", policy: { kind: "resource", version: "2012-10-17", statements: [] } } as const;
  const side = (account: string) => ({ kind: "resource", account, policy }) as const;
  const member = await callerOf(memberKey);
  const management = await callerOf(house.rootKey.id);
  assert.equal(verdict(member, "kms:Decrypt", { side: side(SECOND_ACCOUNT) }), "explicit resource control policy");
  assert.equal(verdict(management, "kms:Decrypt", { side: side(SECOND_ACCOUNT) }), "explicit resource control policy");
  assert.equal(verdict(member, "kms:Encrypt", { side: side(SECOND_ACCOUNT) }), "allowed");
  assert.equal(verdict(management, "kms:Decrypt", { side: side(HOUSE_ACCOUNT) }), "allowed");
  assert.equal(verdict(member, "kms:Decrypt", { side: side(SECOND_ACCOUNT), isManagedByAws: true }), "allowed");
  assert.equal(verdict(member, "kms:Decrypt"), "allowed", "what has no resource has no resource's policy");
  const nobody: Caller = {
    ...member,
    principal: { kind: "service", arn: "", account: "", service: "cloudtrail.amazonaws.com" },
    organizations: await house.identity.organizations(),
  };
  const foreign = side(SECOND_ACCOUNT);
  assert.equal(verdict(nobody, "kms:Decrypt", { side: foreign }), "explicit resource control policy");
  await takeDown(UNIT, id);
});

test("who stands where is there for conditions, and cannot be brought", async () => {
  const member = await callerOf(memberKey);
  const forged = new Map([["aws:principalorgid", "o-forged"]]);
  const valuesOf = (caller: Caller, account: string, sourceArn?: string) => {
    const call = {
      ...callOf({ ...caller, values: forged }),
      ...(sourceArn && { sourceArn, viaService: "s3.us-east-1" }),
    };
    const { values } = decisionInput(call, {
      action: "s3:GetObject",
      resource: "*",
      side: { kind: "none", account },
    }).request;
    return (name: string) => values.get(name);
  };
  const path = `${ORGANIZATION}/${ROOT}/${UNIT}/`;
  const values = valuesOf(member, HOUSE_ACCOUNT, `arn:aws:logs:us-east-1:${SECOND_ACCOUNT}:x`);
  assert.equal(values("aws:principalorgid"), ORGANIZATION);
  assert.deepEqual(values("aws:principalorgpaths"), [path]);
  assert.equal(values("aws:resourceorgid"), ORGANIZATION);
  assert.deepEqual(values("aws:resourceorgpaths"), [`${ORGANIZATION}/${ROOT}/`]);
  assert.equal(values("aws:sourceorgid"), ORGANIZATION);
  assert.deepEqual(values("aws:sourceorgpaths"), [path]);
  const alone = valuesOf({ ...member, account: ALONE }, ALONE);
  for (const name of ["aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:sourceorgid"])
    assert.equal(alone(name), undefined, name);
  const service = { ...member, principal: { kind: "service", arn: "", account: SECOND_ACCOUNT } as const };
  assert.equal(valuesOf(service, SECOND_ACCOUNT)("aws:principalorgid"), undefined);
  assert.equal(valuesOf(service, SECOND_ACCOUNT)("aws:resourceorgid"), ORGANIZATION);
});
