/** What an organization's policies mean to a real server: three accounts, two clients, every process at the next call. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateKeyCommand, DecryptCommand, EncryptCommand, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import {
  AttachPolicyCommand,
  CloseAccountCommand,
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  CreatePolicyCommand,
  DescribeCreateAccountStatusCommand,
  DetachPolicyCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
  type PolicyType,
} from "@aws-sdk/client-organizations";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { awsEnvironment, type Clients, clientsOf, configOf, runProgram } from "../harness/clients.js";
import { callHouse } from "../harness/house-api.js";
import { codeOf, errorOf, newUser, type Person } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("organizations");
const ROLE = "OrganizationAccountAccessRole";
const DATA = Buffer.from("between accounts");

let server: Server;
let company: OrganizationsClient;
let opener: Person;
let [organization, root, unit, dev, ops] = ["", "", "", "", ""];
let [devClients, opsClients]: Clients[] = [];
let key = "";
let sealed: Uint8Array;

before(async () => {
  server = await startServer({ dataFolder: join(folder, "data") });
  company = new OrganizationsClient(configOf(server));
  opener = await newUser(server, clientsOf(server), "opener", { Action: ["sts:AssumeRole", "kms:*"] });
  organization = (await company.send(new CreateOrganizationCommand({}))).Organization?.Id ?? "";
  root = (await company.send(new ListRootsCommand({}))).Roots?.[0]?.Id ?? "";
  for (const PolicyType of ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] as const)
    await company.send(new EnablePolicyTypeCommand({ RootId: root, PolicyType }));
  const made = await company.send(new CreateOrganizationalUnitCommand({ ParentId: root, Name: "restricted" }));
  unit = made.OrganizationalUnit?.Id ?? "";
  [dev, ops] = [await newAccount("dev"), await newAccount("ops")];
  [devClients, opsClients] = [await enter(dev), await enter(ops)];
  key = (await theDev().kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const { CiphertextBlob } = await theDev().kms.send(new EncryptCommand({ KeyId: key, Plaintext: DATA }));
  assert.ok(CiphertextBlob);
  sealed = CiphertextBlob;
});

after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function newAccount(name: string): Promise<string> {
  const asked = await company.send(new CreateAccountCommand({ AccountName: name, Email: `${name}@example.com` }));
  const CreateAccountRequestId = asked.CreateAccountStatus?.Id;
  const status = await company.send(new DescribeCreateAccountStatusCommand({ CreateAccountRequestId }));
  assert.equal(status.CreateAccountStatus?.State, "SUCCEEDED");
  return status.CreateAccountStatus?.AccountId ?? "";
}

/** As the management account's people come into an account that it made. */
async function enter(account: string): Promise<Clients> {
  const RoleArn = `arn:aws:iam::${account}:role/${ROLE}`;
  const { Credentials } = await opener.clients.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  return clientsOf(server, { credentials });
}

function theDev(): Clients {
  assert.ok(devClients);
  return devClients;
}

function theOps(): Clients {
  assert.ok(opsClients);
  return opsClients;
}

async function newPolicy(Name: string, Type: PolicyType, statement: object): Promise<string> {
  const Content = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const made = await company.send(new CreatePolicyCommand({ Name, Description: "", Type, Content }));
  return made.Policy?.PolicySummary?.Id ?? "";
}

const attach = (PolicyId: string, TargetId: string) => company.send(new AttachPolicyCommand({ PolicyId, TargetId }));
const detach = (PolicyId: string, TargetId: string) => company.send(new DetachPolicyCommand({ PolicyId, TargetId }));
const moveDev = (SourceParentId: string, DestinationParentId: string) =>
  company.send(new MoveAccountCommand({ AccountId: dev, SourceParentId, DestinationParentId }));
const decrypt = (clients: Clients) => clients.kms.send(new DecryptCommand({ CiphertextBlob: sealed, KeyId: key }));

const denial = (action: string, resource: string, reason: string) =>
  `User: arn:aws:sts::${dev}:assumed-role/${ROLE}/me is not authorized to perform: ${action} on resource: ${resource} ${reason}`;

test("a policy that denies kms:Decrypt in one unit stops who is in it, through every service, and nobody else", async () => {
  const { s3 } = theDev();
  await s3.send(new CreateBucketCommand({ Bucket: "of-dev" }));
  const object = { Bucket: "of-dev", Key: "k" };
  const sse = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: key, BucketKeyEnabled: true } as const;
  await s3.send(new PutObjectCommand({ ...object, ...sse, Body: "in the bucket" }));
  const reads = async () => codeOf(s3.send(new GetObjectCommand(object)).then(({ Body }) => Body?.transformToString()));
  const policy = await newPolicy("no decrypt", "SERVICE_CONTROL_POLICY", {
    Effect: "Deny",
    Action: "kms:Decrypt",
    Resource: "*",
  });
  await attach(policy, unit);
  assert.equal((await decrypt(theDev())).Plaintext?.length, DATA.length, "dev is in the root yet");
  assert.equal(await reads(), "none");

  await moveDev(root, unit);
  // New connections come to either worker.
  for (const clients of [theDev(), await enter(dev), await enter(dev), await enter(dev)]) {
    const refused = await errorOf(decrypt(clients));
    assert.equal(refused?.name, "AccessDeniedException");
    assert.equal(refused?.message, denial("kms:Decrypt", key, "with an explicit deny in a service control policy"));
  }
  assert.equal(await reads(), "AccessDenied", "a data key that was in use for the bucket does not help");
  assert.equal(await codeOf(theDev().kms.send(new EncryptCommand({ KeyId: key, Plaintext: DATA }))), "none");

  await moveDev(unit, root);
  assert.equal(await codeOf(decrypt(theDev())), "none");
  assert.equal(await reads(), "none");
});

test("what a unit's policies do not allow is refused, until they do", async () => {
  await moveDev(root, unit);
  const only = await newPolicy("only s3", "SERVICE_CONTROL_POLICY", { Effect: "Allow", Action: "s3:*", Resource: "*" });
  await attach(only, unit);
  await detach("p-FullAWSAccess", unit);
  const refused = await errorOf(theDev().kms.send(new EncryptCommand({ KeyId: key, Plaintext: DATA })));
  const reason = "because no service control policy allows the kms:Encrypt action";
  assert.equal(refused?.message, denial("kms:Encrypt", key, reason));
  await attach("p-FullAWSAccess", unit);
  assert.equal(await codeOf(theDev().kms.send(new EncryptCommand({ KeyId: key, Plaintext: DATA }))), "none");
  await moveDev(unit, root);
});

test("the organization opens a key to its members, and closes it to everyone else whatever the key's policy says", async () => {
  const rest = { Resource: "*", Action: ["kms:Decrypt", "kms:DescribeKey"], Principal: { AWS: "*" }, Effect: "Allow" };
  const own = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${dev}:root` }, Action: "kms:*", Resource: "*" };
  const says = (Condition: object) =>
    theDev().kms.send(
      new PutKeyPolicyCommand({
        KeyId: key,
        Policy: JSON.stringify({ Version: "2012-10-17", Statement: [own, { ...rest, ...Condition }] }),
      }),
    );
  const stranger = await callHouse(server, server.credentials, "CreateAccount", { name: "stranger" });
  const theirs = clientsOf(server, {
    credentials: { accessKeyId: String(stranger["accessKeyId"]), secretAccessKey: String(stranger["secretAccessKey"]) },
  });
  await says({ Condition: { StringEquals: { "aws:PrincipalOrgID": organization } } });
  assert.equal(await codeOf(decrypt(theOps())), "none");
  assert.equal(await codeOf(decrypt(theirs)), "AccessDeniedException");

  await says({});
  assert.equal(await codeOf(decrypt(theirs)), "none");
  const perimeter = await newPolicy("perimeter", "RESOURCE_CONTROL_POLICY", {
    Effect: "Deny",
    Principal: "*",
    Action: "kms:*",
    Resource: "*",
    Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": organization } },
  });
  await attach(perimeter, root);
  const refused = await errorOf(decrypt(theirs));
  assert.match(refused?.message ?? "", / with an explicit deny in a resource control policy$/);
  assert.equal(await codeOf(decrypt(theOps())), "none");
  await detach(perimeter, root);
  assert.equal(await codeOf(decrypt(theirs)), "none");
});

test("boto3 sees the same organization", async () => {
  const script = new URL("../../../test/clients/boto3_organizations.py", import.meta.url).pathname;
  const ran = await runProgram("python3", [script, unit, dev, ops], { environment: awsEnvironment(server) });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout.trim(), "done");
});

test("a closed account's sessions end, and the trail has who did what, without anybody's address", async () => {
  assert.equal(await codeOf(decrypt(theOps())), "none");
  await company.send(new CloseAccountCommand({ AccountId: ops }));
  assert.notEqual(await codeOf(decrypt(theOps())), "none");
  const { cloudtrail } = clientsOf(server);
  const LookupAttributes = [{ AttributeKey: "EventName" as const, AttributeValue: "CreateAccount" }];
  const { Events = [] } = await cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
  const records = Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? "{}")).filter(
    ({ eventSource }) => eventSource === "organizations.amazonaws.com",
  );
  assert.equal(records.length, 2);
  for (const record of records) {
    assert.equal(record.awsRegion, "us-east-1");
    assert.deepEqual(record.requestParameters, { email: "****", accountName: "****" });
    assert.equal(record.responseElements.createAccountStatus.state, "IN_PROGRESS");
    assert.doesNotMatch(JSON.stringify(record), /example\.com/);
  }
});
