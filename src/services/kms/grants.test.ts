import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY_MS } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import { roleCaller, userCaller } from "../../kit/testing.js";
import { FOREIGN, rootArn } from "../../kms/testing.js";
import { type NamedPolicy, parsePolicy } from "../../policy/index.js";
import { allow, arnOf, as, deny, openTestService, type TestService } from "./testing.js";

// What grants mean, rule by rule (kms section 6), where it takes more than one operation to see.

let kms: TestService;
before(async () => {
  kms = await openTestService();
  for (const name of ["alice", "bob"]) kms.principals.set(arnOfUser(name), { kind: "found", uniqueId: uniqueId(name) });
});
after(() => kms.close());

const arnOfUser = (name: string, account = "111122223333") => `arn:aws:iam::${account}:user/${name}`;
const uniqueId = (name: string) => userCaller(name).userId;
const [ALICE, BOB] = [arnOfUser("alice"), arnOfUser("bob")];
const Plaintext = Buffer.from("x");
const SOURCE = "arn:aws:ec2:us-east-1:111122223333:volume/vol-1";

type Who = Partial<RequestContext>;
type Granted = { readonly KeyId: string; readonly GrantId: string; readonly GrantToken: string };

async function newGrant(more: object = {}, who?: Who, KeyId?: string): Promise<Granted> {
  const on = KeyId ?? (await kms.keyId());
  const input = { KeyId: on, GranteePrincipal: ALICE, Operations: ["Encrypt"], ...more };
  return { ...(await kms.call("CreateGrant", input, who)), KeyId: on };
}
const encrypt = (KeyId: string, who: Who) => kms.call("Encrypt", { KeyId, Plaintext }, who);
const isDenied = async (KeyId: string, who: Who) =>
  assert.match(await kms.refused("Encrypt", { KeyId, Plaintext }, who), /^AccessDeniedException/);
const retired = ({ KeyId, GrantId }: Granted, who?: Who) =>
  kms.call("RetireGrant", { KeyId: arnOf(KeyId), GrantId }, who);
const notRetired = async ({ KeyId, GrantId }: Granted, who: Who) =>
  assert.match(await kms.refused("RetireGrant", { KeyId: arnOf(KeyId), GrantId }, who), /^AccessDeniedException/);

/** A service that calls as itself. */
const asService = (service: string, sourceArn?: string): Who => {
  const { caller = userCaller("unused") } = as("unused");
  const principal = { kind: "service", arn: "", account: "", service } as const;
  return { caller: { ...caller, principal, values: new Map() }, ...(sourceArn === undefined ? {} : { sourceArn }) };
};
const foreign = (name: string, ...policies: object[]): Who => ({ caller: userCaller(name, policies, FOREIGN) });
const control = (document: object): NamedPolicy => ({
  name: "control",
  policy: parsePolicy(JSON.stringify(document), "identity"),
});

test("G-5, G-6: a context counts with its keys in any case; an exact one has no pair more under another case", async () => {
  const { KeyId } = await newGrant({ Constraints: { EncryptionContextEquals: { Team: "a" } } });
  const sealed = (EncryptionContext: object) => ({ KeyId, Plaintext, EncryptionContext });
  await kms.call("Encrypt", sealed({ TEAM: "a" }), as("alice"));
  assert.match(await kms.refused("Encrypt", sealed({ Team: "a", more: "b" }), as("alice")), /^AccessDenied/);
  const two = await newGrant({ Constraints: { EncryptionContextEquals: { a: "1", A: "1" } } });
  const other = { KeyId: two.KeyId, Plaintext, EncryptionContext: { a: "1", b: "2" } };
  assert.match(await kms.refused("Encrypt", other, as("alice")), /^AccessDenied/);
});

test("G-5: eight pairs and 384 characters pass on the wire, one more does not", async () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, "v"]));
  const KeyId = await kms.keyId();
  const refused = (context: object) => {
    const Constraints = { EncryptionContextSubset: context };
    return kms.refused("CreateGrant", { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"], Constraints });
  };
  await newGrant({ Constraints: { EncryptionContextSubset: pairs(8) } }, undefined, KeyId);
  assert.match(await refused(pairs(9)), /^ValidationException: .*at most 8/);
  await newGrant({ Constraints: { EncryptionContextEquals: { k: "v".repeat(384) } } }, undefined, KeyId);
  assert.match(await refused({ k: "v".repeat(385) }), /^ValidationException: .*at most 384/);
});

test("G-7: the source is asked of cryptography and DescribeKey, in a user's name too, and not of RetireGrant", async () => {
  const Operations = ["Encrypt", "DescribeKey", "RetireGrant"];
  const grant = await newGrant({ Operations, Constraints: { SourceArn: SOURCE } });
  const { KeyId } = grant;
  const through = (sourceArn: string): Who => ({
    ...as("alice"),
    viaService: "ec2.us-east-1.amazonaws.com",
    sourceArn,
  });
  await encrypt(KeyId, through(SOURCE));
  await kms.call("DescribeKey", { KeyId }, through(SOURCE));
  for (const who of [as("alice"), { ...as("alice"), sourceArn: SOURCE }, through(`${SOURCE}2`)]) {
    await isDenied(KeyId, who);
    assert.match(await kms.refused("DescribeKey", { KeyId }, who), /^AccessDeniedException/);
  }
  await retired(grant, as("alice"));
});

test("G-7: grants for both halves of a re-encryption carry the same source, or neither has one", async () => {
  const [from, to] = [await kms.keyId(), await kms.keyId()];
  const { CiphertextBlob } = await kms.call("Encrypt", { KeyId: from, Plaintext });
  const who: Who = { ...as("alice"), viaService: "ec2.us-east-1.amazonaws.com", sourceArn: SOURCE };
  const input = { CiphertextBlob, DestinationKeyId: to };
  await newGrant({ Operations: ["ReEncryptFrom"], Constraints: { SourceArn: SOURCE } }, undefined, from);
  await newGrant({ Operations: ["ReEncryptTo"] }, undefined, to);
  assert.match(await kms.refused("ReEncrypt", input, who), /^AccessDeniedException: .*the same source$/);
  await newGrant({ Operations: ["ReEncryptTo"], Constraints: { SourceArn: SOURCE } }, undefined, to);
  await kms.call("ReEncrypt", input, who);
});

test("G-3, G-10: a service is granted for one source, uses it as itself alone, and its retiring service retires", async () => {
  const [ebs, rds] = ["ebs.amazonaws.com", "rds.amazonaws.com"];
  const grant = await newGrant({
    GranteePrincipal: undefined,
    GranteeServicePrincipal: ebs,
    RetiringServicePrincipal: rds,
    Constraints: { SourceArn: SOURCE },
  });
  const { KeyId } = grant;
  const arn = arnOf(KeyId);
  await encrypt(arn, asService(ebs, SOURCE));
  await isDenied(arn, asService(ebs));
  await isDenied(arn, asService(rds, SOURCE));
  const { Grants } = await kms.call("ListGrants", { KeyId });
  const [entry] = Grants;
  assert.deepEqual(
    [
      entry?.GranteePrincipal,
      entry?.GranteeServicePrincipal,
      entry?.RetiringServicePrincipal,
      entry?.RetiringPrincipal,
    ],
    [ebs, ebs, rds, undefined],
  );
  await notRetired(grant, asService(ebs));
  await notRetired(grant, as("alice"));
  await retired(grant, asService(rds));
  await isDenied(arn, asService(ebs, SOURCE));
});

test("G-8: a key takes so many grants and not one more, also when it is only tried; an equal name takes no place", async () => {
  const few = await openTestService(undefined, undefined, { quotas: { grantsPerKey: 2 } });
  const KeyId = await few.keyId();
  const GranteePrincipal = rootArn(FOREIGN);
  const input = { KeyId, GranteePrincipal, Operations: ["Encrypt"] };
  await few.call("CreateGrant", input);
  const { GrantId } = await few.call("CreateGrant", { ...input, Name: "n" });
  const full = `LimitExceededException: The key ${arnOf(KeyId)} has 2 grants.`;
  assert.equal(await few.refused("CreateGrant", input), full);
  assert.equal(await few.refused("CreateGrant", { ...input, DryRun: true }), full);
  assert.equal((await few.call("CreateGrant", { ...input, Name: "n" })).GrantId, GrantId);
  await few.call("RevokeGrant", { KeyId, GrantId });
  await few.call("CreateGrant", input);
  await few.close();
});

test("G-9: a grant outlives all that befalls its key, and goes with it", async () => {
  const { KeyId, GrantId } = await newGrant();
  await kms.call("DisableKey", { KeyId });
  await kms.call("EnableKey", { KeyId });
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  assert.equal((await kms.call("ListGrants", { KeyId })).Grants[0]?.GrantId, GrantId);
  await kms.call("CancelKeyDeletion", { KeyId });
  await kms.call("EnableKey", { KeyId });
  await encrypt(KeyId, as("alice"));
  await kms.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
  kms.clock.advance(8 * DAY_MS);
  for (const worker of kms.kms.workers) await worker.run(kms.clock.now());
  const left = await kms.database.read((tx) => tx.all("SELECT id FROM kms_grants WHERE key_id = ? LIMIT 1", KeyId));
  assert.deepEqual(left, []);
});

test("G-10, G-12: sessions are granted by themselves, by their role and by their account, with what each one asks", async () => {
  const KeyId = await kms.keyId();
  const session = (policies: object[] = [], name = "s"): Who => ({ caller: roleCaller("r", name, policies) });
  const roleId = roleCaller("r", "s").principal.uniqueId ?? "";
  for (const arn of ["arn:aws:iam::111122223333:role/r", "arn:aws:sts::111122223333:assumed-role/r/s"])
    kms.principals.set(arn, { kind: "found", uniqueId: roleId });
  const only = await newGrant({ GranteePrincipal: "arn:aws:sts::111122223333:assumed-role/r/s" }, undefined, KeyId);
  await encrypt(KeyId, session());
  await isDenied(KeyId, session([], "other"));
  await kms.call("RevokeGrant", { KeyId, GrantId: only.GrantId });
  const role = await newGrant({ GranteePrincipal: "arn:aws:iam::111122223333:role/r" }, undefined, KeyId);
  await encrypt(KeyId, session([], "other"));
  await kms.call("RevokeGrant", { KeyId, GrantId: role.GrantId });
  const abroad = await newGrant({ GranteePrincipal: rootArn(FOREIGN) }, undefined, KeyId);
  await encrypt(arnOf(KeyId), foreign("f", allow("kms:Encrypt")));
  await isDenied(arnOf(KeyId), foreign("f"));
  await kms.call("RevokeGrant", { KeyId, GrantId: abroad.GrantId });
  await newGrant({ GranteePrincipal: arnOfUser("g", FOREIGN) }, undefined, KeyId);
  await encrypt(arnOf(KeyId), foreign("g"));
  await isDenied(arnOf(KeyId), foreign("g", deny("kms:Encrypt")));
});

test("G-14: of several grants that let create grants, one that is wide enough will do, and two halves will not", async () => {
  const KeyId = await kms.keyId();
  const parent = (Operations: string[]) => newGrant({ Operations: ["CreateGrant", ...Operations] }, undefined, KeyId);
  await parent(["Encrypt"]);
  await parent(["Decrypt"]);
  const child = (...Operations: string[]) => ({ KeyId, GranteePrincipal: BOB, Operations });
  await kms.call("CreateGrant", child("Encrypt"), as("alice"));
  await kms.call("CreateGrant", child("Decrypt"), as("alice"));
  assert.match(await kms.refused("CreateGrant", child("Encrypt", "Decrypt"), as("alice")), /^AccessDeniedException/);
  await parent(["Encrypt", "Decrypt"]);
  await kms.call("CreateGrant", child("Encrypt", "Decrypt"), as("alice"));
});

test("G-15: a caller of another account grants where both accounts let it, and its account is the issuer", async () => {
  const KeyId = await kms.keyId();
  const Statement = [
    { Effect: "Allow", Principal: { AWS: rootArn("111122223333") }, Action: "kms:*", Resource: "*" },
    { Effect: "Allow", Principal: { AWS: rootArn(FOREIGN) }, Action: "kms:CreateGrant", Resource: "*" },
  ];
  await kms.call("PutKeyPolicy", { KeyId, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  const input = { KeyId: arnOf(KeyId), GranteePrincipal: ALICE, Operations: ["Encrypt"] };
  assert.match(await kms.refused("CreateGrant", input, foreign("f")), /^AccessDeniedException/);
  const { GrantId } = await kms.call("CreateGrant", input, foreign("f", allow("kms:CreateGrant")));
  const [entry] = (await kms.call("ListGrants", { KeyId })).Grants;
  assert.equal(entry?.IssuingAccount, rootArn(FOREIGN));
  const made = { KeyId, GrantId, GrantToken: "" };
  await notRetired(made, {});
  await notRetired(made, foreign("f"));
  await retired(made, foreign("f", allow("kms:RetireGrant", arnOf(KeyId))));
});

test("G-17: a name finds its grant again, but not that of a grantee who is gone", async () => {
  const KeyId = await kms.keyId();
  const [CAROL, was] = [arnOfUser("carol"), "AIDATHECAROLBEFORETHI"];
  kms.principals.set(CAROL, { kind: "found", uniqueId: was });
  const old = await newGrant({ GranteePrincipal: CAROL, Name: "n" }, undefined, KeyId);
  assert.equal((await newGrant({ GranteePrincipal: CAROL, Name: "n" }, undefined, KeyId)).GrantId, old.GrantId);
  kms.principals.set(CAROL, { kind: "found", uniqueId: uniqueId("carol") });
  const made = await newGrant({ GranteePrincipal: CAROL, Name: "n" }, undefined, KeyId);
  assert.notEqual(made.GrantId, old.GrantId);
  await encrypt(KeyId, as("carol"));
});

test("6.4: retired by an account that is the retiring principal, which may delegate it", async () => {
  const make = () => newGrant({ RetiringPrincipal: rootArn(FOREIGN) });
  const rootUser: Who = { caller: { ...userCaller("x", [], FOREIGN), principal: foreignRoot } };
  await retired(await make(), rootUser);
  const grant = await make();
  await notRetired(grant, foreign("f"));
  await notRetired(grant, foreign("f", allow("kms:RetireGrant", arnOf("another"))));
  await retired(grant, foreign("f", allow("kms:RetireGrant", arnOf(grant.KeyId))));
});
const foreignRoot = { kind: "root", arn: rootArn(FOREIGN), account: FOREIGN } as const;

test("6.4: kms:RetireGrant alone allows nothing, nor does a key policy; a key policy's deny has no effect either", async () => {
  const KeyId = await kms.keyId();
  const Statement = [
    { Effect: "Allow", Principal: { AWS: rootArn("111122223333") }, Action: "kms:*", Resource: "*" },
    { Effect: "Allow", Principal: { AWS: rootArn(FOREIGN) }, Action: "kms:*", Resource: "*" },
    { Effect: "Deny", Principal: { AWS: BOB }, Action: "kms:RetireGrant", Resource: "*" },
  ];
  await kms.call("PutKeyPolicy", { KeyId, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  const grant = await newGrant({ RetiringPrincipal: BOB }, undefined, KeyId);
  await notRetired(grant, foreign("f", allow("kms:RetireGrant")));
  await notRetired(grant, as("alice"));
  await retired(grant, as("bob"));
});

test("6.4: a service control policy's deny blocks retiring; one that does not allow it does, too", async () => {
  const grant = await newGrant({ RetiringPrincipal: BOB });
  const under = (...documents: object[]): Who => {
    const caller = userCaller("bob");
    return { caller: { ...caller, policies: { ...caller.policies, serviceControl: [documents.map(control)] } } };
  };
  await notRetired(grant, under(allow("*"), deny("kms:RetireGrant")));
  await notRetired(grant, under(allow("kms:Encrypt")));
  await retired(grant, under(allow("*")));
});

test("6.4: in every state of the key grants are retired and revoked", async () => {
  const move = [
    ["DisableKey", {}],
    ["ScheduleKeyDeletion", { PendingWindowInDays: 7 }],
  ] as const;
  for (const [operation, more] of move) {
    const one = await newGrant();
    const two = await newGrant({}, undefined, one.KeyId);
    await kms.call(operation, { KeyId: one.KeyId, ...more });
    await retired(one);
    await kms.call("RevokeGrant", { KeyId: two.KeyId, GrantId: two.GrantId });
    assert.deepEqual((await kms.call("ListGrants", { KeyId: one.KeyId })).Grants, []);
  }
});

test("6.4: whoever may revoke need not be anybody's retiring principal; whoever retires may not revoke", async () => {
  const grant = await newGrant({ RetiringPrincipal: BOB });
  const input = { KeyId: grant.KeyId, GrantId: grant.GrantId };
  assert.match(await kms.refused("RevokeGrant", input, as("bob")), /^AccessDeniedException/);
  await kms.call("RevokeGrant", input, as("ops", allow("kms:RevokeGrant")));
  assert.match(
    await kms.refused("RetireGrant", input),
    new RegExp(`^NotFoundException: Grant ID ${grant.GrantId} not found$`),
  );
});
