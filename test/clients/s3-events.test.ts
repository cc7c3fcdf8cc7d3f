/**
 * What a bucket tells and does by itself, from end to end: events to a webhook and access logs into a bucket, by the
 * real server and its two processes, through kill -9.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketLoggingCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../harness/clients.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

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

async function logged(): Promise<string[]> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: "logs", Prefix: "log/" }));
  const bodies = Contents.map(async ({ Key }) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: "logs", Key }));
    return (await Body?.transformToString())?.trimEnd().split("\n") ?? [];
  });
  return (await Promise.all(bodies)).flat();
}
