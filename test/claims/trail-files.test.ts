/** Claims A1, A2 and A4 by what a trail delivers: an auditor who has the log files and nothing else. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  LookupEventsCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateRandomCommand,
  ReEncryptCommand,
} from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../harness/clients.js";
import { codeOf, newUser, type Person } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("trail-files");
const LOGS = "claims-logs";

interface Logged {
  readonly eventSource: string;
  readonly eventName: string;
  readonly eventTime: string;
  readonly eventID: string;
  readonly requestID: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly sourceIPAddress: string;
  readonly userIdentity: { readonly arn?: string; readonly userName?: string; readonly invokedBy?: string };
  readonly requestParameters: {
    readonly keyId?: string;
    readonly encryptionContext?: Readonly<Record<string, string>>;
    readonly key?: string;
  } | null;
  readonly resources?: readonly { readonly ARN: string }[];
}

let server: Server;
let root: Clients;
let account = "";
let stranger: Person;
let key = "";
/** How each call that was made must be found: its request's id, and what else is known of it. */
const made: {
  readonly id: string | undefined;
  readonly name: string;
  readonly error?: string;
  readonly who: string;
}[] = [];

before(async () => {
  // Segments may expire here, and are far too young to.
  const flags = ["--cloudtrail", "deliverySeconds=1,digestSeconds=3600", "--audit-keep-days", "1"];
  server = await startServer({ dataFolder: join(folder, "data"), flags });
  root = clientsOf(server);
  account = (await root.sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
  stranger = await newUser(server, root, "stranger");
  await logBucket();
  await root.cloudtrail.send(new CreateTrailCommand({ Name: "claims", S3BucketName: LOGS }));
  const DataResources = [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::of-claims/"] }];
  const EventSelectors = [{ ReadWriteType: "All" as const, IncludeManagementEvents: true, DataResources }];
  await root.cloudtrail.send(new PutEventSelectorsCommand({ TrailName: "claims", EventSelectors }));
  await root.cloudtrail.send(new StartLoggingCommand({ Name: "claims" }));
  key = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  await root.s3.send(new CreateBucketCommand({ Bucket: "of-claims" }));
});

after(async () => {
  await server.stop();
  removeFolder(folder);
});

async function logBucket(): Promise<void> {
  await root.s3.send(new CreateBucketCommand({ Bucket: LOGS }));
  const may = (Action: string, Resource: string) => ({
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Action,
    Resource,
  });
  const Statement = [may("s3:GetBucketAcl", `arn:aws:s3:::${LOGS}`), may("s3:PutObject", `arn:aws:s3:::${LOGS}/*`)];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await root.s3.send(new PutBucketPolicyCommand({ Bucket: LOGS, Policy }));
}

async function logFiles(): Promise<string[]> {
  const { Contents } = await root.s3.send(new ListObjectsV2Command({ Bucket: LOGS, Prefix: "AWSLogs/" }));
  return (Contents ?? []).flatMap(({ Key }) => (Key?.includes("/CloudTrail/") ? [Key] : []));
}

async function delivered(): Promise<Logged[]> {
  const records: Logged[] = [];
  for (const Key of await logFiles()) {
    const { Body } = await root.s3.send(new GetObjectCommand({ Bucket: LOGS, Key }));
    records.push(...JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? Buffer.alloc(0)).toString()).Records);
  }
  return records;
}

/** Records once all of these are there: a server delivers at its own pace. */
async function deliveredWith(isThere: (records: readonly Logged[]) => boolean): Promise<Logged[]> {
  for (let tries = 0; tries < 240; tries += 1) {
    const records = await delivered();
    if (isThere(records)) return records;
    await pause(250);
  }
  throw new Error("the trail did not deliver it");
}

async function call<Answer extends { readonly $metadata: { readonly requestId?: string | undefined } }>(
  name: string,
  clients: Clients,
  send: (kms: Clients["kms"]) => Promise<Answer>,
  error?: string,
): Promise<Answer | undefined> {
  const who = clients === root ? `arn:aws:iam::${account}:root` : stranger.arn;
  try {
    const answer = await send(clients.kms);
    made.push({ id: answer.$metadata.requestId, name, who });
    return answer;
  } catch (thrown) {
    const { $metadata } = thrown as { $metadata?: { requestId?: string } }; // as all the service's errors have
    made.push({ id: $metadata?.requestId, name, who, ...(error && { error }) });
    return undefined;
  }
}

test("A1: every KMS call is in the log files and in the event history alike, allowed or denied", async () => {
  const EncryptionContext = { team: "blue" };
  const encrypt = { KeyId: key, Plaintext: Buffer.from("x"), EncryptionContext };
  const { CiphertextBlob } = (await call("Encrypt", root, (kms) => kms.send(new EncryptCommand(encrypt)))) ?? {};
  assert.ok(CiphertextBlob instanceof Uint8Array);
  const sealed = { CiphertextBlob, EncryptionContext };
  await call("Decrypt", root, (kms) => kms.send(new DecryptCommand(sealed)));
  await call("Decrypt", root, (kms) => kms.send(new DecryptCommand({ CiphertextBlob })), "InvalidCiphertextException");
  await call("Decrypt", stranger.clients, (kms) => kms.send(new DecryptCommand(sealed)), "AccessDenied");
  await call("GenerateDataKey", root, (kms) =>
    kms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: "AES_256" })),
  );
  const again = { CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: key };
  await call("ReEncrypt", root, (kms) => kms.send(new ReEncryptCommand(again)));
  await call("GenerateRandom", root, (kms) => kms.send(new GenerateRandomCommand({ NumberOfBytes: 8 })));
  await call("DisableKey", root, (kms) => kms.send(new DisableKeyCommand({ KeyId: key })));
  await call("Encrypt", root, (kms) => kms.send(new EncryptCommand(encrypt)), "DisabledException");
  await call("EnableKey", root, (kms) => kms.send(new EnableKeyCommand({ KeyId: key })));

  const found = await deliveredWith((records) => made.every(({ id }) => records.some((each) => each.requestID === id)));
  const { Events = [] } = await root.cloudtrail.send(new LookupEventsCommand({ MaxResults: 50 }));
  const history = new Map(Events.map(({ EventId, CloudTrailEvent }) => [EventId, CloudTrailEvent]));
  for (const { id, name, error, who } of made) {
    const records = found.filter((each) => each.requestID === id);
    assert.equal(records.length, 1, `${name} is there once`);
    const [record] = records;
    assert.equal(record?.eventSource, "kms.amazonaws.com");
    assert.equal(record?.eventName, name);
    assert.equal(record?.errorCode, error, name);
    assert.equal(record?.userIdentity.arn, who);
    assert.match(record?.eventTime ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    if (name !== "GenerateRandom" && error !== "InvalidCiphertextException")
      assert.ok(record?.resources?.some(({ ARN }) => ARN === key) || error !== undefined, `${name} names its key`);
    assert.deepEqual(JSON.parse(history.get(record?.eventID) ?? "{}"), record, "the history says the same");
  }
  const [first] = found.filter((each) => each.requestID === made[0]?.id);
  assert.deepEqual(first?.requestParameters?.encryptionContext, EncryptionContext);
  assert.doesNotMatch(JSON.stringify(found), new RegExp(Buffer.from(CiphertextBlob).toString("base64").slice(0, 24)));
});

test("A2: who reads a sealed object decrypts in its name: the object's, or the bucket's with a bucket key", async () => {
  const put = (Key: string, BucketKeyEnabled: boolean) =>
    root.s3.send(
      new PutObjectCommand({
        Bucket: "of-claims",
        Key,
        Body: "x",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: key,
        BucketKeyEnabled,
      }),
    );
  const read = (clients: Clients, Key: string) =>
    codeOf(
      clients.s3.send(new GetObjectCommand({ Bucket: "of-claims", Key })).then(({ Body }) => Body?.transformToString()),
    );
  await put("own-key", false);
  await put("bucket-key", true);
  assert.equal(await read(root, "own-key"), "none");
  assert.equal(await read(root, "bucket-key"), "none");
  const contexts = { object: "arn:aws:s3:::of-claims/own-key", bucket: "arn:aws:s3:::of-claims" };
  const uses = (records: readonly Logged[], context: string) =>
    records.filter(
      (each) => each.eventName === "Decrypt" && each.requestParameters?.encryptionContext?.["aws:s3:arn"] === context,
    );
  const reads = (records: readonly Logged[]) =>
    records.filter((each) => each.eventName === "GetObject" && each.requestParameters?.key !== undefined);
  const found = await deliveredWith(
    (records) => uses(records, contexts.object).length > 0 && reads(records).length >= 2,
  );
  const [decrypt] = uses(found, contexts.object);
  assert.equal(decrypt?.userIdentity.invokedBy, "s3.amazonaws.com");
  assert.equal(decrypt?.sourceIPAddress, "s3.amazonaws.com");
  assert.equal(decrypt?.resources?.[0]?.ARN, key);
  const ofBucket = found.filter(
    (each) => each.requestParameters?.encryptionContext?.["aws:s3:arn"] === contexts.bucket,
  );
  assert.ok(ofBucket.length > 0, "the bucket key was made in the bucket's name");
  assert.equal(uses(found, "arn:aws:s3:::of-claims/bucket-key").length, 0, "and never in the object's");
});

test("A4: log files are encrypted though nobody asked for it", async () => {
  const files = await logFiles();
  assert.ok(files.length > 0);
  for (const Key of files) {
    const head = await root.s3.send(new HeadObjectCommand({ Bucket: LOGS, Key }));
    assert.equal(head.ServerSideEncryption, "AES256", Key);
    assert.equal(head.ContentType, "application/x-gzip");
  }
});
