import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GetUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  ListGrantsCommand,
  PutKeyPolicyCommand,
  RetireGrantCommand,
} from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf, runProgram } from "../harness/clients.js";
import { codeOf, errorOf, newRole, newUser, type Person, policyOf, type Statement } from "../harness/people.js";
import { cleanEnvironment, newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

let server: Server;
let root: Clients;
let account: string;
const folder = newFolder("claims-permission");

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  root = clientsOf(server);
  account = (await root.sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const keyPolicy = (...statements: readonly (Statement & { Principal: unknown })[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({ Effect: "Allow", Resource: "*", ...statement })),
  });

const rootStatement = () => ({ Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*" });

async function newKey(Policy?: string, bypass = false): Promise<string> {
  const made = await root.kms.send(new CreateKeyCommand({ Policy, BypassPolicyLockoutSafetyCheck: bypass }));
  return made.KeyMetadata?.Arn ?? "";
}

const encrypt = (clients: Clients, KeyId: string) =>
  clients.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("text") }));
const describe = (clients: Clients, KeyId: string) => clients.kms.send(new DescribeKeyCommand({ KeyId }));

test("P1: the key policy is the root of authority: without a statement for it, not even the root user may use the key", async () => {
  const keeper = await newUser(server, root, "keeper");
  const KeyId = await newKey(keyPolicy({ Principal: { AWS: keeper.arn }, Action: "kms:*" }), true);
  const refused = await errorOf(encrypt(root, KeyId));
  assert.equal(refused?.name, "AccessDeniedException");
  assert.equal(
    refused?.message,
    `User: arn:aws:iam::${account}:root is not authorized to perform: kms:Encrypt on resource: ${KeyId} because no resource-based policy allows the kms:Encrypt action`,
  );
  assert.equal(await codeOf(encrypt(keeper.clients, KeyId)), "none");
});

test("P2: the default policy's root statement lets IAM policies give access; without it they have no effect", async () => {
  const user = await newUser(server, root, "by-iam", { Action: "kms:*" });
  const [open, closed] = [
    await newKey(),
    await newKey(keyPolicy({ ...rootStatement(), Condition: { StringEquals: { "aws:PrincipalType": "Account" } } })),
  ];
  const { Policy } = await root.kms.send(new GetKeyPolicyCommand({ KeyId: open }));
  assert.deepEqual(JSON.parse(Policy ?? ""), {
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
  assert.equal(await codeOf(encrypt(user.clients, open)), "none");
  assert.equal(await codeOf(encrypt(user.clients, closed)), "AccessDeniedException");
  assert.equal(await codeOf(encrypt(root, closed)), "none");
});

test("P3: a policy that would lock its caller out is refused, unless the caller bypasses the check", async () => {
  const KeyId = await newKey();
  const Policy = keyPolicy({ Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:Describe*" });
  const refused = await errorOf(root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy })));
  assert.equal(refused?.name, "MalformedPolicyDocumentException");
  assert.equal(refused?.message, "The new key policy will not allow you to update the key policy in the future.");
  assert.equal(await codeOf(root.kms.send(new CreateKeyCommand({ Policy }))), "MalformedPolicyDocumentException");
  await root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true }));
  assert.equal(await codeOf(describe(root, KeyId)), "none");
  assert.equal(await codeOf(root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy }))), "AccessDeniedException");
});

test("P4: key policy and IAM policy are evaluated together; an explicit deny in either one wins", async () => {
  const KeyId = await newKey();
  const byIam = await newUser(
    server,
    root,
    "denied-by-iam",
    { Action: "kms:*" },
    { Effect: "Deny", Action: "kms:Encrypt" },
  );
  const inIam = await errorOf(encrypt(byIam.clients, KeyId));
  assert.match(inIam?.message ?? "", /with an explicit deny in an identity-based policy$/);
  assert.equal(await codeOf(describe(byIam.clients, KeyId)), "none");
  const byKey = await newUser(server, root, "denied-by-key", { Action: "kms:*" });
  assert.equal(await codeOf(encrypt(byKey.clients, KeyId)), "none");
  const Policy = keyPolicy(rootStatement(), { Effect: "Deny", Principal: { AWS: byKey.arn }, Action: "kms:Encrypt" });
  await root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
  const inKey = await errorOf(encrypt(byKey.clients, KeyId));
  assert.match(inKey?.message ?? "", /with an explicit deny in a resource-based policy$/);
});

test("P5: separation of duties: the administrator manages and cannot decrypt, the application decrypts and cannot manage", async () => {
  const admin = await newRole(server, root, account, "key-admin");
  const app = await newRole(server, root, account, "key-app");
  const manage = [
    "kms:Describe*",
    "kms:Enable*",
    "kms:Disable*",
    "kms:Put*",
    "kms:Get*",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
  ];
  const KeyId = await newKey(
    keyPolicy(
      { Principal: { AWS: admin.arn }, Action: manage },
      { Principal: { AWS: app.arn }, Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"] },
    ),
    true,
  );
  const made = await app.clients.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));
  const open = (person: Person) => person.clients.kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
  assert.equal(await codeOf(open(app)), "none");
  assert.equal(await codeOf(open(admin)), "AccessDeniedException");
  assert.equal(await codeOf(app.clients.kms.send(new DisableKeyCommand({ KeyId }))), "AccessDeniedException");
  assert.equal(await codeOf(admin.clients.kms.send(new DisableKeyCommand({ KeyId }))), "none");
  assert.equal(await codeOf(open(app)), "DisabledException");
});

test("P6: a grant gives a principal the named operations, under its constraints, without a policy change", async () => {
  const KeyId = await newKey();
  const user = await newUser(server, root, "granted");
  const before = await root.kms.send(new GetKeyPolicyCommand({ KeyId }));
  const grant = await root.kms.send(
    new CreateGrantCommand({
      KeyId,
      GranteePrincipal: user.arn,
      Operations: ["Encrypt", "RetireGrant"],
      Constraints: { EncryptionContextSubset: { team: "a" } },
    }),
  );
  const within = new EncryptCommand({
    KeyId,
    Plaintext: Buffer.from("x"),
    EncryptionContext: { team: "a", more: "b" },
  });
  assert.equal(await codeOf(user.clients.kms.send(within)), "none");
  assert.equal(await codeOf(encrypt(user.clients, KeyId)), "AccessDeniedException");
  assert.equal(await codeOf(describe(user.clients, KeyId)), "AccessDeniedException");
  assert.equal((await root.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy, before.Policy);
  assert.equal((await root.kms.send(new ListGrantsCommand({ KeyId }))).Grants?.[0]?.GrantId, grant.GrantId);
  await user.clients.kms.send(new RetireGrantCommand({ GrantToken: grant.GrantToken }));
  assert.equal(await codeOf(user.clients.kms.send(within)), "AccessDeniedException");
});

test("P7: use from another account needs both accounts' consent: the key policy there and an IAM policy here", async () => {
  const other = await otherAccount("partner");
  const partner = clientsOf(server, { credentials: other.credentials });
  const user = await newUser(server, partner, "abroad");
  const KeyId = await newKey();
  const allowIam = () =>
    partner.iam.send(
      new PutUserPolicyCommand({
        UserName: user.name,
        PolicyName: "use",
        PolicyDocument: policyOf({ Action: "kms:Encrypt" }),
      }),
    );
  assert.equal(await codeOf(encrypt(user.clients, KeyId)), "AccessDeniedException");
  await root.kms.send(
    new PutKeyPolicyCommand({
      KeyId,
      Policy: keyPolicy(rootStatement(), {
        Principal: { AWS: `arn:aws:iam::${other.account}:root` },
        Action: "kms:Encrypt",
      }),
    }),
  );
  const onlyThere = await errorOf(encrypt(user.clients, KeyId));
  assert.match(onlyThere?.message ?? "", /because no identity-based policy allows the kms:Encrypt action$/);
  await allowIam();
  assert.equal(await codeOf(encrypt(user.clients, KeyId)), "none");
  await root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: keyPolicy(rootStatement()) }));
  assert.equal(await codeOf(encrypt(user.clients, KeyId)), "AccessDeniedException");
  assert.equal((await user.clients.iam.send(new GetUserCommand({})).catch((thrown) => thrown)).name, "AccessDenied");
});

/** A second account, made with the command line as its owner would. */
async function otherAccount(name: string) {
  const environment = {
    ...cleanEnvironment(),
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
  };
  const args = ["bin/strongroom.cjs", "account", "create", "--name", name, "--port", String(server.port), "--json"];
  const made = await runProgram(process.execPath, args, { environment });
  assert.equal(made.code, 0, made.stderr);
  const { accountId, accessKeyId, secretAccessKey } = JSON.parse(made.stdout);
  return {
    account: String(accountId),
    credentials: { accessKeyId: String(accessKeyId), secretAccessKey: String(secretAccessKey) },
  };
}
