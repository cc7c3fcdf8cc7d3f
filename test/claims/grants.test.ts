import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateGrantCommand,
  type CreateGrantCommandInput,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  ListGrantsCommand,
  ListRetirableGrantsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
} from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../harness/clients.js";
import { callHouse } from "../harness/house-api.js";
import { codeOf, errorOf, newRole, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

// P6 and P7 in full; permission.test.ts tells both stories in short.

const folder = newFolder("claims-grants");
let server: Server;
let root: Clients;
let account: string;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, workers: 2 });
  root = clientsOf(server);
  account = (await root.sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function newKey(Policy?: object): Promise<string> {
  const input = Policy === undefined ? {} : { Policy: JSON.stringify(Policy) };
  return (await root.kms.send(new CreateKeyCommand(input))).KeyMetadata?.Arn ?? "";
}

async function newGrant(input: Pick<CreateGrantCommandInput, "KeyId"> & Partial<CreateGrantCommandInput>, by = root) {
  const all = { GranteePrincipal: undefined, Operations: ["Encrypt"], ...input } satisfies CreateGrantCommandInput;
  const { GrantId = "", GrantToken = "" } = await by.kms.send(new CreateGrantCommand(all));
  return { GrantId, GrantToken };
}

const encrypt = (by: Clients, KeyId: string, more: object = {}) =>
  by.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x"), ...more }));
const mayEncrypt = async (by: Clients, KeyId: string) => {
  const code = await codeOf(encrypt(by, KeyId));
  assert.ok(code === "none" || code === "AccessDeniedException", code);
  return code === "none";
};

const rootOf = (id: string) => `arn:aws:iam::${id}:root`;
const keyPolicy = (...more: object[]) => ({
  Version: "2012-10-17",
  Statement: [{ Principal: { AWS: rootOf(account) }, Action: "kms:*" }, ...more].map((statement) => ({
    Effect: "Allow",
    Resource: "*",
    ...statement,
  })),
});

async function partner(name: string) {
  const made = await callHouse(server, server.credentials, "CreateAccount", { name });
  const credentials = { accessKeyId: String(made["accessKeyId"]), secretAccessKey: String(made["secretAccessKey"]) };
  return { id: String(made["accountId"]), clients: clientsOf(server, { credentials }) };
}

test("P6: the named operations and no other, for the grantee and nobody else, at once and until the grant is revoked", async () => {
  const KeyId = await newKey();
  const [user, other] = [await newUser(server, root, "named"), await newUser(server, root, "unnamed")];
  const before = await root.kms.send(new GetKeyPolicyCommand({ KeyId }));
  const { GrantId } = await newGrant({ KeyId, GranteePrincipal: user.arn });
  assert.deepEqual([await mayEncrypt(user.clients, KeyId), await mayEncrypt(other.clients, KeyId)], [true, false]);
  const { CiphertextBlob } = await encrypt(root, KeyId);
  assert.equal(await codeOf(user.clients.kms.send(new DecryptCommand({ CiphertextBlob }))), "AccessDeniedException");
  assert.deepEqual((await root.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy, before.Policy);
  await root.kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
  assert.equal(await mayEncrypt(user.clients, KeyId), false);
  const again = await errorOf(root.kms.send(new RevokeGrantCommand({ KeyId, GrantId })));
  assert.deepEqual([again?.name, again?.message], ["NotFoundException", `Grant ID ${GrantId} not found`]);
});

test("P6: a role's grant is for its sessions, who may pass on no more than they have, and retire it where it says so", async () => {
  const KeyId = await newKey();
  const role = await newRole(server, root, account, "granted-role");
  const user = await newUser(server, root, "passed-on");
  const Constraints = { EncryptionContextSubset: { team: "a" } };
  const Operations = ["Encrypt", "CreateGrant", "RetireGrant"] as const;
  const parent = await newGrant({ KeyId, GranteePrincipal: role.arn, Operations: [...Operations], Constraints });
  const pass = (input: Partial<CreateGrantCommandInput>) =>
    newGrant({ KeyId, GranteePrincipal: user.arn, ...input }, role.clients);
  assert.equal(await codeOf(pass({ Operations: ["Decrypt"], Constraints })), "AccessDeniedException");
  assert.equal(await codeOf(pass({})), "AccessDeniedException", "without its parent's constraint");
  await pass({ Constraints });
  assert.equal(await codeOf(encrypt(user.clients, KeyId, { EncryptionContext: { team: "a" } })), "none");
  await role.clients.kms.send(new RetireGrantCommand({ KeyId, GrantId: parent.GrantId }));
  const context = { EncryptionContext: { team: "a" } };
  assert.equal(await codeOf(encrypt(role.clients, KeyId, context)), "AccessDeniedException");
  assert.equal(await codeOf(encrypt(user.clients, KeyId, context)), "none", "a grant does not end with its parent");
});

test("P6: names make it safe to ask again; tokens are good until the grant is gone; the retiring principal finds its grants", async () => {
  const KeyId = await newKey();
  const [user, retirer] = [await newUser(server, root, "tokens"), await newUser(server, root, "retirer")];
  const input = { KeyId, GranteePrincipal: user.arn, RetiringPrincipal: retirer.arn, Name: "once" };
  const [one, two] = [await newGrant(input), await newGrant(input)];
  assert.equal(one.GrantId, two.GrantId);
  assert.notEqual(one.GrantToken, two.GrantToken);
  for (const { GrantToken } of [one, two]) await encrypt(user.clients, KeyId, { GrantTokens: [GrantToken] });
  const listed = await root.kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal: retirer.arn }));
  assert.deepEqual(
    listed.Grants?.map(({ GrantId }) => GrantId),
    [one.GrantId],
  );
  assert.doesNotMatch(JSON.stringify(listed.Grants), new RegExp(one.GrantToken));
  const retire = (DryRun?: boolean) => {
    const { GrantToken } = one;
    return codeOf(retirer.clients.kms.send(new RetireGrantCommand({ GrantToken, ...(DryRun ? { DryRun } : {}) })));
  };
  assert.equal(
    await codeOf(user.clients.kms.send(new RetireGrantCommand({ GrantToken: one.GrantToken }))),
    "AccessDeniedException",
  );
  assert.equal(await retire(true), "DryRunOperationException");
  assert.equal(await retire(), "none");
  assert.equal(await codeOf(encrypt(root, KeyId, { GrantTokens: [two.GrantToken] })), "InvalidGrantTokenException");
});

test("P6: a dry run says what would be, does nothing, and is in the trail; what is in the way is said first", async () => {
  const KeyId = await newKey();
  const user = await newUser(server, root, "trying");
  const tried = (by: Clients) => codeOf(encrypt(by, KeyId, { DryRun: true }));
  assert.equal(await tried(user.clients), "AccessDeniedException");
  const grant = { KeyId, GranteePrincipal: user.arn };
  assert.equal(await codeOf(newGrant({ ...grant, DryRun: true })), "DryRunOperationException");
  assert.deepEqual((await root.kms.send(new ListGrantsCommand({ KeyId }))).Grants, []);
  await newGrant(grant);
  assert.equal(await tried(user.clients), "DryRunOperationException");
  await root.kms.send(new DisableKeyCommand({ KeyId }));
  assert.equal(await tried(user.clients), "DisabledException");
  const LookupAttributes = [{ AttributeKey: "ResourceName", AttributeValue: KeyId } as const];
  const { Events = [] } = await root.cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
  const records = Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? "{}"));
  const dry = records.filter(({ errorCode }) => errorCode === "DryRunOperationException");
  assert.deepEqual(dry.map(({ eventName }) => eventName).sort(), ["CreateGrant", "Encrypt"]);
  assert.ok(dry.every(({ requestParameters }) => requestParameters.dryRun === true));
  assert.equal(
    records.find(({ eventName, errorCode }) => eventName === "CreateGrant" && !errorCode).responseElements.grantToken,
    undefined,
  );
});

test("P7: neither account's consent is enough alone; both together are, for what both name, until one takes it back", async () => {
  const { id, clients } = await partner("both");
  const Action = ["kms:Encrypt", "kms:DescribeKey"];
  const closed = await newKey();
  const open = await newKey(keyPolicy({ Principal: { AWS: rootOf(id) }, Action }));
  const silent = await newUser(server, clients, "silent");
  const eager = await newUser(server, clients, "eager", { Action: "kms:*" });
  assert.equal(await mayEncrypt(eager.clients, closed), false, "their policy alone");
  assert.equal(await mayEncrypt(silent.clients, open), false, "the key policy alone");
  assert.equal(await mayEncrypt(eager.clients, open), true);
  assert.equal(await codeOf(eager.clients.kms.send(new DescribeKeyCommand({ KeyId: open }))), "none");
  const { CiphertextBlob } = await encrypt(eager.clients, open);
  assert.equal(await codeOf(eager.clients.kms.send(new DecryptCommand({ CiphertextBlob }))), "AccessDeniedException");
  const manage = eager.clients.kms.send(new DisableKeyCommand({ KeyId: open }));
  assert.equal(await codeOf(manage), "AccessDeniedException", "managing is for the key's own account");
  await root.kms.send(new PutKeyPolicyCommand({ KeyId: open, Policy: JSON.stringify(keyPolicy()) }));
  assert.equal(await mayEncrypt(eager.clients, open), false);
});

test("P7: a key policy may name one principal abroad; a deny on either side wins; a foreign key's existence is not told", async () => {
  const { id, clients } = await partner("named");
  const [named, other] = [
    await newUser(server, clients, "named", { Action: "kms:Encrypt" }),
    await newUser(server, clients, "other", { Action: "kms:Encrypt" }),
  ];
  const denied = await newUser(
    server,
    clients,
    "denied",
    { Action: "kms:*" },
    { Effect: "Deny", Action: "kms:Encrypt" },
  );
  const AWS = [named.arn, denied.arn];
  const KeyId = await newKey(keyPolicy({ Principal: { AWS }, Action: "kms:Encrypt" }));
  assert.deepEqual([await mayEncrypt(named.clients, KeyId), await mayEncrypt(other.clients, KeyId)], [true, false]);
  assert.match((await errorOf(encrypt(denied.clients, KeyId)))?.message ?? "", /explicit deny in an identity-based/);
  const absent = KeyId.replace(/.{12}$/, "000000000000");
  const [there, gone] = [await errorOf(encrypt(other.clients, KeyId)), await errorOf(encrypt(other.clients, absent))];
  assert.equal(there?.message.replace(KeyId, ""), gone?.message.replace(absent, ""));
  assert.ok(id !== account);
});

test("P7: a grant may be the key's side of it: to an account, which must agree, or to one of its users", async () => {
  const { id, clients } = await partner("granted");
  const [agreed, plain] = [
    await newUser(server, clients, "agreed", { Action: "kms:Encrypt" }),
    await newUser(server, clients, "plain"),
  ];
  const KeyId = await newKey();
  const { GrantId } = await newGrant({ KeyId, GranteePrincipal: rootOf(id) });
  assert.deepEqual([await mayEncrypt(agreed.clients, KeyId), await mayEncrypt(plain.clients, KeyId)], [true, false]);
  await root.kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
  await newGrant({ KeyId, GranteePrincipal: plain.arn });
  assert.deepEqual([await mayEncrypt(agreed.clients, KeyId), await mayEncrypt(plain.clients, KeyId)], [false, true]);
});

test("P7: use from abroad is in both accounts' trails, a refusal in the caller's alone", async () => {
  const { id, clients } = await partner("trails");
  const user = await newUser(server, clients, "seen", { Action: "kms:*" });
  const KeyId = await newKey(keyPolicy({ Principal: { AWS: rootOf(id) }, Action: "kms:Encrypt" }));
  await encrypt(user.clients, KeyId);
  const recordsOf = async (by: Clients) => {
    const LookupAttributes = [{ AttributeKey: "ResourceName", AttributeValue: KeyId } as const];
    const { Events = [] } = await by.cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
    return Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? "{}"));
  };
  const one = (records: Record<string, unknown>[]) => records.filter(({ eventName }) => eventName === "Encrypt");
  const [theirs, ours] = [one(await recordsOf(clients)), one(await recordsOf(root))];
  assert.deepEqual([theirs.length, ours.length], [1, 1]);
  assert.ok(typeof theirs[0]?.["sharedEventID"] === "string");
  assert.equal(theirs[0]?.["sharedEventID"], ours[0]?.["sharedEventID"]);
  assert.deepEqual(Object.keys(Object(ours[0]?.["userIdentity"])).sort(), ["accountId", "principalId", "type"]);
  await root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify(keyPolicy()) }));
  await errorOf(encrypt(user.clients, KeyId));
  assert.equal(one(await recordsOf(root)).length, 1, "the owner learns of no refused attempt");
});
