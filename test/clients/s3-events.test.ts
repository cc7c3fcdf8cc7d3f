/**
 * What a bucket tells and does by itself, from end to end: events to a webhook, access logs into a bucket, replicas,
 * and re-encryption of what is there; by the real server and its processes, through kill -9.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, DisableKeyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectAnnotationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  ListObjectsV2Command,
  PutBucketLoggingCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectAnnotationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf, runProgram } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const PROGRAM = join(process.cwd(), "bin", "strongroom.cjs");
const folder = newFolder("s3-events");
let account = "";
let QUEUE = "";
let server: Server;
let clients: Clients;

interface Message {
  readonly Event?: string;
  readonly Records?: readonly {
    readonly eventName: string;
    readonly s3: { readonly object: { readonly key: string } };
  }[];
}
/** What the webhook was told; it is down while `isDown`. */
const told: Message[] = [];
let isDown = false;
const webhook = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    if (!isDown) told.push(JSON.parse(Buffer.concat(pieces).toString()) as Message); // what S3 sends
    response.writeHead(isDown ? 503 : 200).end();
  });
});

const start = async () => {
  const { port } = webhook.address() as AddressInfo; // it listens on TCP
  const events = account === "" ? "{}" : JSON.stringify({ [QUEUE]: `http://127.0.0.1:${port}/token-in-the-path` });
  const flags = ["--s3-events", events, "--s3-pace", "accessLogSeconds=1"];
  server = await startServer({ dataFolder: join(folder, "data"), flags });
  clients = clientsOf(server);
};

before(async () => {
  webhook.listen(0, "127.0.0.1");
  await once(webhook, "listening");
  await start();
  account = (await clients.sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
  QUEUE = `arn:aws:sqs:us-east-1:${account}:jobs`;
  await server.stop(); // the account, which the settings must name, is known now
  await start();
});
after(async () => {
  await server.stop();
  webhook.close();
  webhook.closeAllConnections();
  removeFolder(folder);
});

/** Asks until it is so. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = await ask();
    if (found !== undefined) return found;
    await pause(100);
  }
  throw new Error("it never came to be");
}

const put = (Bucket: string, Key: string) => clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: "12345" }));
const keysTold = () => told.flatMap(({ Records }) => (Records ?? []).map(({ s3 }) => s3.object.key));

test("every change that was acknowledged is told, though the webhook was down and the server killed", async () => {
  await clients.s3.send(new CreateBucketCommand({ Bucket: "heard" }));
  const configure = (QueueArn: string) =>
    clients.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: "heard",
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"] }],
        },
      }),
    );
  await assert.rejects(configure(`${QUEUE}-unmapped`), { name: "InvalidArgument" });
  await configure(QUEUE);
  await eventually(async () => told.find(({ Event }) => Event === "s3:TestEvent"));
  isDown = true;
  const keys = Array.from({ length: 20 }, (_, at) => `key-${at}`);
  for (const key of keys) await put("heard", key);
  await server.kill();
  isDown = false;
  await start();
  await clients.s3.send(new DeleteObjectCommand({ Bucket: "heard", Key: "key-0" }));
  await eventually(async () => (keysTold().length > keys.length ? true : undefined));
  assert.deepEqual([...new Set(keysTold())], keys);
  assert.equal(told.at(-1)?.Records?.[0]?.eventName, "ObjectRemoved:Delete");
  assert.doesNotMatch(server.output(), /token-in-the-path/);
});

test("requests are in the log of their bucket, each once, also the refused ones, and of no other bucket", async () => {
  for (const Bucket of ["logged", "logs"]) await clients.s3.send(new CreateBucketCommand({ Bucket }));
  await clients.s3.send(
    new PutBucketLoggingCommand({
      Bucket: "logged",
      BucketLoggingStatus: { LoggingEnabled: { TargetBucket: "logs", TargetPrefix: "log/" } },
    }),
  );
  const Statement = {
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::logs/log/*",
    Condition: { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": "arn:aws:s3:::logged" } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await clients.s3.send(new PutBucketPolicyCommand({ Bucket: "logs", Policy }));
  const keys = Array.from({ length: 10 }, (_, at) => `object-${at}`);
  for (const key of keys) await put("logged", key);
  await put("heard", "elsewhere");
  await assert.rejects(clients.s3.send(new GetObjectCommand({ Bucket: "logged", Key: "not there" })));
  await fetch(`${server.endpoint}/logged/object-1`); // nobody signed
  const lines = await eventually(async () => {
    const found = await logged();
    return found.length >= keys.length + 2 ? found : undefined;
  });
  await server.kill();
  await start();
  await put("logged", "after");
  const all = await eventually(async () => {
    const found = await logged();
    return found.some((line) => line.includes(" after ")) ? found : undefined;
  });
  assert.deepEqual(all.slice(0, lines.length).sort(), [...lines].sort());
  const puts = all.filter((line) => line.includes(" REST.PUT.OBJECT "));
  assert.equal(puts.length, keys.length + 1);
  assert.equal(all.filter((line) => / REST\.GET\.OBJECT not%20there .* 404 NoSuchKey /.test(line)).length, 1);
  assert.equal(all.filter((line) => / - \S+ REST\.GET\.OBJECT object-1 .* 403 AccessDenied /.test(line)).length, 1);
  assert.equal(all.filter((line) => line.includes("elsewhere")).length, 0);
});

const KEYS = 300;
const everyKey = Array.from({ length: KEYS }, (_, at) => `docs/é ${String(at).padStart(3, "0")}+&`);

test("`strongroom s3 reencrypt` goes on where it was killed, touches nothing twice, and says what it could not do", async () => {
  await clients.s3.send(new CreateBucketCommand({ Bucket: "old" }));
  for (let at = 0; at < KEYS; at += 10) await Promise.all(everyKey.slice(at, at + 10).map((Key) => put("old", Key)));
  const dsse = { ServerSideEncryption: "aws:kms:dsse" } as const;
  await clients.s3.send(new PutObjectCommand({ Bucket: "old", Key: "docs/two layers", Body: "12345", ...dsse }));
  await put("old", "elsewhere");
  const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand({}));
  const { KeyId = "", Arn } = KeyMetadata ?? {};
  const args = ["s3", "reencrypt", "s3://old/docs/", "--kms-key-id", KeyId, "--bucket-key", "--json", ...reaching()];

  const dry = JSON.parse((await strongroom([...args, "--dry-run"])).stdout) as Counted; // what --json prints
  assert.deepEqual(dry.counts, { updated: KEYS, copied: 1, already: 0, failed: 0 });
  const state = join(folder, "state.json");
  await killedAfterProgress([...args, "--state", state]);
  const kept = JSON.parse(readFileSync(state, "utf8")) as Counted & { readonly after: string };
  assert.notEqual(kept.after, "");
  const second = await strongroom([...args, "--state", state]);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /goes on after/);
  const { counts } = JSON.parse(second.stdout) as Counted;
  assert.equal(counts.updated + counts.copied + counts.already, KEYS + 1);
  assert.ok(counts.already <= 50, "no more than the chunk in hand is looked at again");
  for (const Key of [everyKey[0], everyKey.at(-1), "docs/two layers"]) {
    const head = await clients.s3.send(new HeadObjectCommand({ Bucket: "old", Key }));
    assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId, head.BucketKeyEnabled], ["aws:kms", Arn, true]);
  }
  const other = await clients.s3.send(new HeadObjectCommand({ Bucket: "old", Key: "elsewhere" }));
  assert.equal(other.ServerSideEncryption, "AES256");

  await clients.kms.send(new DisableKeyCommand({ KeyId }));
  await put("old", "docs/new");
  const refused = await strongroom([...args, "--state", state]);
  assert.equal(refused.code, 1);
  assert.deepEqual((JSON.parse(refused.stdout) as Counted).counts, {
    updated: 0,
    copied: 0,
    already: KEYS + 1,
    failed: 1,
  });
  assert.match(refused.stdout, /docs\/new/);
});

interface Counted {
  readonly counts: Readonly<Record<"updated" | "copied" | "already" | "failed", number>>;
}

const reaching = () => ["--data", server.dataFolder, "--port", String(server.port)];
const strongroom = (args: readonly string[]) => runProgram(process.execPath, [PROGRAM, ...args], { folder });

async function killedAfterProgress(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit");
  child.stderr.once("data", () => child.kill("SIGKILL"));
  const [, signal] = await exited;
  assert.equal(signal, "SIGKILL");
}

test("a replica crosses Regions as the role, sealed under another key, though the server is killed", async () => {
  const far = clientsOf(server, { region: "eu-west-1" });
  const arn = (name: string) => `arn:aws:s3:::${name}`;
  const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const allow = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  await clients.s3.send(new CreateBucketCommand({ Bucket: "near" }));
  await far.s3.send(new CreateBucketCommand({ Bucket: "far", CreateBucketConfiguration }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await clients.s3.send(new PutBucketVersioningCommand({ Bucket: "near", VersioningConfiguration }));
  await far.s3.send(new PutBucketVersioningCommand({ Bucket: "far", VersioningConfiguration }));
  const keyOf = async ({ kms }: Clients) => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const [nearKey, farKey] = [await keyOf(clients), await keyOf(far)];
  const trust = { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" };
  const { Role } = await clients.iam.send(
    new CreateRoleCommand({ RoleName: "replicator", AssumeRolePolicyDocument: document(trust) }),
  );
  const mayUse = (Action: string, key: string, region: string) => ({
    ...allow(Action, key),
    Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
  });
  await clients.iam.send(
    new PutRolePolicyCommand({
      RoleName: "replicator",
      PolicyName: "replicate",
      PolicyDocument: document(
        allow(["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAnnotationForReplication"], `${arn("near")}/*`),
        allow("s3:ReplicateObject", `${arn("far")}/*`),
        mayUse("kms:Decrypt", nearKey, "us-east-1"),
        mayUse("kms:GenerateDataKey", farKey, "eu-west-1"),
      ),
    }),
  );
  await clients.s3.send(
    new PutBucketReplicationCommand({
      Bucket: "near",
      ReplicationConfiguration: {
        Role: Role?.Arn,
        Rules: [
          {
            Status: "Enabled",
            Priority: 1,
            Filter: { Prefix: "" },
            DeleteMarkerReplication: { Status: "Disabled" },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: "Enabled" } },
            Destination: { Bucket: arn("far"), EncryptionConfiguration: { ReplicaKmsKeyID: farKey } },
          },
        ],
      },
    }),
  );
  const versions: (string | undefined)[] = [];
  const named = (at: number) => ({ Bucket: "near", Key: `key-${at}`, AnnotationName: "note" });
  const textOf = (at: number) => `note ${at} `.repeat(at * 1000 + 1);
  for (let at = 0; at < 10; at += 1) {
    const kms = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: nearKey } as const;
    const body = { Bucket: "near", Key: `key-${at}`, Body: `body ${at}` };
    versions.push((await clients.s3.send(new PutObjectCommand({ ...body, ...kms }))).VersionId);
    await clients.s3.send(new PutObjectAnnotationCommand({ ...named(at), AnnotationPayload: textOf(at) }));
  }
  await server.kill();
  await start();
  for (const [at, VersionId] of versions.entries()) {
    const Key = `key-${at}`;
    const head = await eventually(async () => {
      const found = await clients.s3.send(new HeadObjectCommand({ Bucket: "near", Key }));
      return found.ReplicationStatus === "PENDING" ? undefined : found;
    });
    assert.equal(head.ReplicationStatus, "COMPLETED");
    const replica = await clientsOf(server, { region: "eu-west-1" }).s3.send(
      new GetObjectCommand({ Bucket: "far", Key, VersionId }),
    );
    assert.equal(await replica.Body?.transformToString(), `body ${at}`);
    assert.deepEqual([replica.SSEKMSKeyId, replica.ReplicationStatus], [farKey, "REPLICA"]);
    await eventually(async () => {
      const { Annotations } = await clients.s3.send(new ListObjectAnnotationsCommand({ Bucket: "near", Key }));
      return Annotations?.[0]?.ReplicationStatus === "COMPLETED" ? true : undefined;
    });
    const note = await clientsOf(server, { region: "eu-west-1" }).s3.send(
      new GetObjectAnnotationCommand({ ...named(at), Bucket: "far" }),
    );
    assert.deepEqual(
      [await note.AnnotationPayload?.transformToString(), note.ReplicationStatus],
      [textOf(at), "REPLICA"],
    );
  }
});

async function logged(): Promise<string[]> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: "logs", Prefix: "log/" }));
  const bodies = Contents.map(async ({ Key }) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: "logs", Key }));
    return (await Body?.transformToString())?.trimEnd().split("\n") ?? [];
  });
  return (await Promise.all(bodies)).flat();
}
