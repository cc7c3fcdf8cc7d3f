/**
 * CloudTrail's trails from end to end: files in a bucket by S3's own rules, each record once though the server is
 * killed, digests that the AWS CLI's `validate-logs` accepts, and of which it notices every change.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import { CreateKeyCommand, GenerateRandomCommand, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { aws, type Clients, clientsOf, hasProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const folder = newFolder("trails");
const flags = ["--cloudtrail", "deliverySeconds=1,digestSeconds=3"];
const account = "000000000000";
let server: Server;
let clients: Clients;
let owner = account;

const start = async () => {
  server = await startServer({ dataFolder: join(folder, "data"), flags });
  clients = clientsOf(server);
};

before(start);
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const statement = (Action: string, Resource: string, more: object = {}) => ({
  Effect: "Allow",
  Principal: { Service: "cloudtrail.amazonaws.com" },
  Action,
  Resource,
  ...more,
});

async function logBucket(name: string, trail: string): Promise<void> {
  await clients.s3.send(new CreateBucketCommand({ Bucket: name }));
  const arn = `arn:aws:cloudtrail:us-east-1:${owner}:trail/${trail}`;
  const source = { "aws:SourceArn": arn };
  const Statement = [
    statement("s3:GetBucketAcl", `arn:aws:s3:::${name}`, { Condition: { StringEquals: source } }),
    statement("s3:PutObject", `arn:aws:s3:::${name}/AWSLogs/${owner}/*`, {
      Condition: { StringEquals: { ...source, "s3:x-amz-acl": "bucket-owner-full-control" } },
    }),
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await clients.s3.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
}

async function keysIn(s3: S3Client, Bucket: string, part: string): Promise<string[]> {
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "AWSLogs/" }));
  return (Contents ?? []).flatMap(({ Key }) => (Key?.includes(part) ? [Key] : []));
}

async function bodyOf(Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

interface Logged {
  readonly requestID: string;
  readonly eventName: string;
  readonly eventCategory: string;
  readonly requestParameters?: { readonly key?: string };
}

async function recordsIn(bucket: string): Promise<Logged[]> {
  const files = await keysIn(clients.s3, bucket, "/CloudTrail/");
  const bodies = await Promise.all(files.map((key) => bodyOf(bucket, key)));
  return bodies.flatMap((body) => JSON.parse(gunzipSync(body).toString()).Records);
}

async function until<T>(what: string, ask: () => Promise<T | undefined>, seconds = 30): Promise<T> {
  for (let tries = 0; tries < seconds * 4; tries += 1) {
    const found = await ask();
    if (found !== undefined) return found;
    await pause(250); // a server's own pace
  }
  throw new Error(`in vain: ${what}`);
}

const call = async () => (await clients.kms.send(new GenerateRandomCommand({ NumberOfBytes: 8 }))).$metadata.requestId;

test("a bucket that does not let CloudTrail in is refused, one that is not there too", async () => {
  const { CloudTrailClient, DescribeTrailsCommand } = await import("@aws-sdk/client-cloudtrail");
  assert.ok(clients.cloudtrail instanceof CloudTrailClient);
  owner = (await clients.kms.send(new CreateKeyCommand({}))).KeyMetadata?.AWSAccountId ?? "";
  await clients.s3.send(new CreateBucketCommand({ Bucket: "closed-logs" }));
  const create = (S3BucketName: string) =>
    clients.cloudtrail.send(new CreateTrailCommand({ Name: "refused", S3BucketName }));
  await assert.rejects(create("closed-logs"), { name: "InsufficientS3BucketPolicyException" });
  await assert.rejects(create("absent-logs"), { name: "S3BucketDoesNotExistException" });
  await logBucket("others-logs", "another");
  await assert.rejects(create("others-logs"), { name: "InsufficientS3BucketPolicyException" });
  assert.deepEqual((await clients.cloudtrail.send(new DescribeTrailsCommand({}))).trailList, []);
});

test("each record is delivered once, also when the server is killed again and again", async () => {
  await logBucket("once-logs", "once");
  await clients.cloudtrail.send(new CreateTrailCommand({ Name: "once", S3BucketName: "once-logs" }));
  const before = await call();
  await pause(1100); // records tell whole seconds
  await clients.cloudtrail.send(new StartLoggingCommand({ Name: "once" }));
  const made: (string | undefined)[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (let count = 0; count < 25; count += 1) made.push(await call());
    await pause(round * 350); // the kill meets delivery at different lines
    await server.kill();
    await start();
  }
  const records = await until("all records", async () => {
    const found = await recordsIn("once-logs");
    const ids = new Set(found.map(({ requestID }) => requestID));
    return made.every((id) => ids.has(id ?? "")) ? found : undefined;
  });
  const counts = new Map<string, number>();
  for (const { requestID } of records) counts.set(requestID, (counts.get(requestID) ?? 0) + 1);
  assert.deepEqual(
    made.filter((id) => counts.get(id ?? "") !== 1),
    [],
  );
  assert.equal(counts.has(before ?? ""), false);
  await clients.cloudtrail.send(new StopLoggingCommand({ Name: "once" }));
  const [file = ""] = await keysIn(clients.s3, "once-logs", "/CloudTrail/");
  assert.match(
    file,
    new RegExp(
      `^AWSLogs/${owner}/CloudTrail/us-east-1/\\d{4}/\\d\\d/\\d\\d/${owner}_CloudTrail_us-east-1_\\d{8}T\\d{4}Z_[A-Z0-9]{16}\\.json\\.gz$`,
    ),
  );
  const head = await clients.s3.send(new HeadObjectCommand({ Bucket: "once-logs", Key: file }));
  assert.equal(head.ServerSideEncryption, "AES256");
  assert.equal(head.ContentType, "application/x-gzip");
});

test("data events of objects are delivered where a trail selects them, and are never in the event history", async () => {
  await logBucket("data-logs", "data");
  await clients.s3.send(new CreateBucketCommand({ Bucket: "watched" }));
  await clients.cloudtrail.send(new CreateTrailCommand({ Name: "data", S3BucketName: "data-logs" }));
  await clients.cloudtrail.send(
    new PutEventSelectorsCommand({
      TrailName: "data",
      EventSelectors: [
        {
          IncludeManagementEvents: false,
          DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::watched/"] }],
        },
      ],
    }),
  );
  await clients.cloudtrail.send(new StartLoggingCommand({ Name: "data" }));
  await clients.s3.send(new CreateBucketCommand({ Bucket: "unwatched" }));
  await clients.s3.send(new PutObjectCommand({ Bucket: "unwatched", Key: "no", Body: "x" }));
  await clients.s3.send(new PutObjectCommand({ Bucket: "watched", Key: "yes", Body: "x" }));
  const records = await until("the data event", async () => {
    const found = await recordsIn("data-logs");
    return found.length > 0 ? found : undefined;
  });
  assert.deepEqual(
    records.map(({ eventName, eventCategory, requestParameters }) => [
      eventName,
      eventCategory,
      requestParameters?.key,
    ]),
    [["PutObject", "Data", "yes"]],
  );
  const history = await clients.cloudtrail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "PutObject" }] }),
  );
  assert.deepEqual(history.Events, []);
  await clients.cloudtrail.send(new StopLoggingCommand({ Name: "data" }));
});

test("a trail's key encrypts its files, and only where its policy lets CloudTrail use it for that trail", async () => {
  await logBucket("key-logs", "keyed");
  const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand({}));
  const KmsKeyId = KeyMetadata?.KeyId ?? "";
  const create = () =>
    clients.cloudtrail.send(new CreateTrailCommand({ Name: "keyed", S3BucketName: "key-logs", KmsKeyId }));
  await assert.rejects(create(), { name: "InsufficientEncryptionPolicyException" });
  const arn = `arn:aws:cloudtrail:us-east-1:${owner}:trail/keyed`;
  const policy = (trail: string) => ({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${owner}:root` }, Action: "kms:*", Resource: "*" },
      statement("kms:GenerateDataKey*", "*", {
        Condition: {
          StringEquals: { "aws:SourceArn": trail },
          StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:*:${owner}:trail/*` },
        },
      }),
    ],
  });
  const put = (trail: string) =>
    clients.kms.send(new PutKeyPolicyCommand({ KeyId: KmsKeyId, Policy: JSON.stringify(policy(trail)) }));
  await put(`${arn}-other`);
  await assert.rejects(create(), { name: "InsufficientEncryptionPolicyException" });
  await put(arn);
  assert.equal((await create()).KmsKeyId, KeyMetadata?.Arn);
  await clients.cloudtrail.send(new StartLoggingCommand({ Name: "keyed" }));
  const key = await until("a file", async () => (await keysIn(clients.s3, "key-logs", "/CloudTrail/"))[0]);
  const head = await clients.s3.send(new HeadObjectCommand({ Bucket: "key-logs", Key: key }));
  assert.equal(head.ServerSideEncryption, "aws:kms");
  assert.equal(head.SSEKMSKeyId, KeyMetadata?.Arn);
  const uses = await until("the key's use", async () => {
    const { Events } = await clients.cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "GenerateDataKey" }] }),
    );
    const contexts = (Events ?? []).map(
      ({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? "{}").requestParameters?.encryptionContext,
    );
    return contexts.find((context) => context?.["aws:s3:arn"] === `arn:aws:s3:::key-logs/${key}`);
  });
  assert.equal(uses["aws:cloudtrail:arn"], arn);
  // Without its key nothing is written; the trail says so, and goes on when the key is back.
  await put(`${arn}-other`);
  await call();
  await until("the error", async () => {
    const status = await clients.cloudtrail.send(new GetTrailStatusCommand({ Name: "keyed" }));
    return status.LatestDeliveryError;
  });
  await put(arn);
  await until("the recovery", async () => {
    const status = await clients.cloudtrail.send(new GetTrailStatusCommand({ Name: "keyed" }));
    return status.LatestDeliveryError === undefined ? true : undefined;
  });
  await clients.cloudtrail.send(new StopLoggingCommand({ Name: "keyed" }));
});

test("validate-logs accepts the chain, and notices a changed byte, a missing file and a reordered chain", async (t) => {
  if (!(await hasProgram("aws"))) return t.skip("the AWS CLI is not installed");
  await logBucket("signed-logs", "signed");
  await clients.cloudtrail.send(
    new CreateTrailCommand({ Name: "signed", S3BucketName: "signed-logs", EnableLogFileValidation: true }),
  );
  const from = new Date().toISOString();
  await clients.cloudtrail.send(new StartLoggingCommand({ Name: "signed" }));
  const [digests, logs] = await until("three digests", async () => {
    await call();
    const found = await keysIn(clients.s3, "signed-logs", "/CloudTrail-Digest/");
    return found.length >= 3 ? [found, await keysIn(clients.s3, "signed-logs", "/CloudTrail/")] : undefined;
  });
  await clients.cloudtrail.send(new StopLoggingCommand({ Name: "signed" }));
  const validate = async () => {
    const arn = `arn:aws:cloudtrail:us-east-1:${owner}:trail/signed`;
    const args = ["cloudtrail", "validate-logs", "--trail-arn", arn, "--start-time", from, "--verbose"];
    const { code, stdout, stderr } = await aws(server, args);
    return { code, text: stdout + stderr };
  };
  const good = await validate();
  assert.equal(good.code, 0, good.text);
  assert.match(good.text, /\d+\/\d+ digest files valid/);
  assert.match(good.text, /\d+\/\d+ log files valid/);
  assert.doesNotMatch(good.text, /INVALID/);

  const log = logs[0] ?? "";
  const whole = await bodyOf("signed-logs", log);
  const put = (Key: string, Body: Buffer, Metadata?: Record<string, string>) =>
    clients.s3.send(new PutObjectCommand({ Bucket: "signed-logs", Key, Body, Metadata }));
  const { gzipSync } = await import("node:zlib");
  await put(log, gzipSync(gunzipSync(whole).toString().replace("GenerateRandom", "GenerateRandoM")));
  const changed = await validate();
  assert.equal(changed.code, 1, changed.text);
  assert.match(changed.text, /INVALID: hash value doesn't match/);
  await clients.s3.send(new DeleteObjectCommand({ Bucket: "signed-logs", Key: log }));
  const missing = await validate();
  assert.equal(missing.code, 1, missing.text);
  assert.match(missing.text, /INVALID: not found/);
  await put(log, whole);
  assert.equal((await validate()).code, 0);

  // One digest in another's place, with that one's own good signature.
  const [first = "", second = ""] = digests;
  const copy = await clients.s3.send(new GetObjectCommand({ Bucket: "signed-logs", Key: first }));
  await put(second, Buffer.from((await copy.Body?.transformToByteArray()) ?? []), copy.Metadata);
  const reordered = await validate();
  assert.equal(reordered.code, 1, reordered.text);
  assert.match(reordered.text, /moved from its original location/);
});
