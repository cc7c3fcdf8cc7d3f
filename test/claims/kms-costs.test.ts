import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateRandomCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Clients, clientsOf, runProgram } from "../harness/clients.js";
import { callHouse } from "../harness/house-api.js";
import { codeOf, errorOf, newUser } from "../harness/people.js";
import { cleanEnvironment, newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("claims-costs");
let server: Server;
let root: Clients;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, workers: 1 });
  root = clientsOf(server);
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

interface Report {
  readonly month: string;
  readonly total: number;
  readonly keyFees: number;
  readonly requestCharges: number;
  readonly keys: readonly { keyArn: string; fee: number; requests: number }[];
  readonly services: readonly { name: string; requests: number }[];
  readonly operations: readonly { name: string; requests: number }[];
}

const report = async (of = server) => (await callHouse(of, of.credentials, "GetCostReport", {})) as unknown as Report; // what the operation answers
const requestsOf = (rows: readonly { name: string; requests: number }[], name: string) =>
  rows.find((row) => row.name === name)?.requests ?? 0;

async function newKey(clients: Clients): Promise<string> {
  return (await clients.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
}
const encrypt = (clients: Clients, KeyId: string) =>
  clients.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") }));

test("A5: requests are counted and priced by key and by service, a key has a monthly fee, and the bill can be shown", async () => {
  const [one, two] = [await newKey(root), await newKey(root)];
  for (let count = 0; count < 5; count++) await encrypt(root, one);
  await encrypt(root, two);
  await root.s3.send(new CreateBucketCommand({ Bucket: "billed" }));
  const sealed = { Bucket: "billed", Key: "k", ServerSideEncryption: "aws:kms", SSEKMSKeyId: one } as const;
  await root.s3.send(new PutObjectCommand({ ...sealed, Body: "text" }));
  const bill = await report();
  const ofKey = (arn: string) => bill.keys.find(({ keyArn }) => keyArn === arn);
  assert.deepEqual([ofKey(one)?.requests, ofKey(two)?.requests], [6, 1]);
  assert.equal(requestsOf(bill.operations, "Encrypt"), 6);
  assert.equal(requestsOf(bill.services, "s3"), 1);
  assert.equal(requestsOf(bill.services, "direct"), 8);
  const [year, month] = bill.month.split("-").map(Number);
  const hours = 24 * new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
  assert.ok(Math.abs(bill.keyFees - 2 / hours) < 1e-5, "an hour of two keys");
  assert.equal(bill.requestCharges, 0, "the first 20,000 of a month are free");
  assert.equal(bill.total, bill.keyFees);
});

test("A5: the bill on the command line; somebody without the permission does not see it", async () => {
  const run = (...args: string[]) => {
    const { accessKeyId, secretAccessKey } = server.credentials;
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const all = ["bin/strongroom.cjs", "cost", "--port", String(server.port), ...args];
    return runProgram(process.execPath, all, { environment: { ...cleanEnvironment(), ...keys } });
  };
  const shown = await run();
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^AWS KMS, 20\d\d-\d\d, account \d{12}/);
  assert.match(shown.stdout, /^service +requests +amount\ndirect +\d+ +\$\d+\.\d{6}\ns3 +1 /m);
  assert.match(shown.stdout, /^arn:aws:kms:us-east-1:\d{12}:key\/\S+ +6 +\$0\.00\d{4} /m);
  assert.equal((await run("--month", "2020-01", "--json")).code, 0);
  assert.match((await run("--month", "soon")).stderr, /ValidationException/);
  const nobody = await newUser(server, root, "curious");
  await assert.rejects(callHouse(server, nobody.credentials, "GetCostReport", {}), { name: "AccessDeniedException" });
});

test("A5: another account's requests on a key are that account's; its bill is its own", async () => {
  const made = await callHouse(server, server.credentials, "CreateAccount", { name: "partner" });
  const credentials = { accessKeyId: String(made["accessKeyId"]), secretAccessKey: String(made["secretAccessKey"]) };
  const partner = clientsOf(server, { credentials });
  await partner.kms.send(new GenerateRandomCommand({ NumberOfBytes: 8 }));
  const theirs = await callHouse(server, credentials, "GetCostReport", {});
  assert.equal(theirs["accountId"], made["accountId"]);
  assert.deepEqual(theirs["operations"], [{ name: "GenerateRandom", requests: 1, amount: 0.000003 }]);
  assert.equal(requestsOf((await report()).operations, "GenerateRandom"), 0);
});

test("A6: requests over the rate are throttled with KMS's error, S3's callers are told to slow down, and the trail says so", async () => {
  const slow = await startServer({
    dataFolder: `${folder}/slow`,
    workers: 2,
    flags: ["--kms-rates", "symmetric=0.05"],
  });
  try {
    const clients = clientsOf(slow);
    const KeyId = await newKey(clients);
    assert.equal(await codeOf(encrypt(clients, KeyId)), "none");
    const refused = await errorOf(encrypt(clients, KeyId));
    assert.equal(refused?.name, "ThrottlingException");
    const text = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.";
    assert.equal(refused?.message, text);
    assert.equal(await codeOf(clients.kms.send(new DescribeKeyCommand({ KeyId }))), "none", "another group");
    await clients.s3.send(new CreateBucketCommand({ Bucket: "slow" }));
    const put = { Bucket: "slow", Key: "k", Body: "x", ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyId } as const;
    assert.equal(await codeOf(clients.s3.send(new PutObjectCommand(put))), "SlowDown");
    const events = async (name: string) => {
      const LookupAttributes = [{ AttributeKey: "EventName", AttributeValue: name } as const];
      const { Events = [] } = await clients.cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
      return Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? "{}").errorCode);
    };
    assert.deepEqual((await events("Encrypt")).sort(), ["ThrottlingException", undefined]);
    assert.deepEqual(await events("GenerateDataKey"), ["ThrottlingException"], "a service's call counts for its user");
  } finally {
    await slow.stop();
  }
});

test("A6: a bucket key cuts S3's calls, and the key's owner still switches it off at once", async () => {
  await root.s3.send(new CreateBucketCommand({ Bucket: "many-objects" }));
  const calls: number[] = [];
  for (const BucketKeyEnabled of [false, true]) {
    const SSEKMSKeyId = await newKey(root);
    for (let count = 0; count < 30; count++) {
      const object = { Bucket: "many-objects", Key: `${BucketKeyEnabled}/${count}` };
      const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId, BucketKeyEnabled } as const;
      await root.s3.send(new PutObjectCommand({ ...object, ...sealed, Body: `text ${count}` }));
      const { Body } = await root.s3.send(new GetObjectCommand(object));
      assert.equal(await Body?.transformToString(), `text ${count}`);
    }
    calls.push((await report()).keys.find(({ keyArn }) => keyArn === SSEKMSKeyId)?.requests ?? 0);
    await root.kms.send(new DisableKeyCommand({ KeyId: SSEKMSKeyId }));
    const read = root.s3.send(new GetObjectCommand({ Bucket: "many-objects", Key: `${BucketKeyEnabled}/0` }));
    assert.equal(await codeOf(read), "KMS.DisabledException");
  }
  const [without = 0, cut = 0] = calls;
  assert.equal(without, 60);
  assert.ok(cut >= 1 && cut <= without / 5, `${cut} calls with a bucket key`);
});
