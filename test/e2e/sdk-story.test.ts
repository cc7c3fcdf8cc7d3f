/** The same story as with the CLI, told by the SDKs on a smaller real tree. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LookupEventsCommand, paginateLookupEvents } from "@aws-sdk/client-cloudtrail";
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutBucketEncryptionCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { awsEnvironment, type Clients, clientsOf, type Finished, runProgram } from "../harness/clients.js";
import { errorOf, newRole } from "../harness/people.js";
import { Readers, trailBytes } from "../harness/readers.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { type Contents, contentsOf, gatherTree } from "../harness/trees.js";

const folder = newFolder("sdk-story");
const tree = join(folder, "tree");
const gathered = gatherTree(tree, { files: 200, bytes: 60 * 1024 * 1024, parts: 4 });
const tooSmall = gathered === undefined && "this machine has no 200 files with 60 MB to take";
const hasBoto3 = (await runProgram("python3", ["-c", "import boto3"]).catch(() => ({ code: 1 }))).code === 0;
let original: Contents;

before(async () => {
  original = await contentsOf(tree);
});
after(() => removeFolder(folder));

const Bucket = "tree";

async function upload({ s3 }: Clients, prefix: string, name: string): Promise<void> {
  const Body = createReadStream(join(tree, name));
  await new Upload({ client: s3, params: { Bucket, Key: `${prefix}${name}`, Body } }).done();
}

async function hashOf({ s3 }: Clients, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return createHash("sha256")
    .update((await Body?.transformToByteArray()) ?? "")
    .digest("hex");
}

async function assertReads(clients: Clients, prefix = "", names: Iterable<string> = original.keys()): Promise<void> {
  for (const name of names) assert.equal(await hashOf(clients, prefix + name), original.get(name), name);
}

/** Four uploads at a time; answers the names that were acknowledged before the first failure of each. */
async function uploadAll(clients: Clients, prefix: string, onDone = (_count: number) => {}): Promise<string[]> {
  const done: string[] = [];
  const left = original.keys();
  const worker = async () => {
    for (const name of left) {
      if (await errorOf(upload(clients, prefix, name))) return;
      done.push(name);
      onDone(done.length);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return done;
}

test("the JavaScript SDK: two hundred real files from upload to trail", { skip: tooSmall }, async (t) => {
  let server = await startServer({ dataFolder: join(folder, "javascript") });
  t.after(() => server.kill());
  const root = clientsOf(server);
  const key = (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: key } };
  await root.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }));
  assert.equal((await uploadAll(root, "")).length, original.size);
  await assertReads(root);
  await root.kms.send(new RotateKeyOnDemandCommand({ KeyId: key }));
  await assertReads(root);

  const reader = await newRole(server, root, key.split(":")[4] ?? "", "reader", { Action: "s3:Get*" });
  const [name = ""] = original.keys();
  const denied = await errorOf(hashOf(reader.clients, name));
  assert.match(
    denied?.message ?? "",
    /assumed-role\/reader\/session is not authorized to perform: kms:Decrypt on resource: .* because no identity-based policy allows the kms:Decrypt action$/,
  );
  const grant = await root.kms.send(
    new CreateGrantCommand({ KeyId: key, GranteePrincipal: reader.arn, Operations: ["Decrypt"] }),
  );
  await assertReads(reader.clients);
  await root.kms.send(new RevokeGrantCommand({ KeyId: key, GrantId: grant.GrantId }));
  assert.equal((await errorOf(hashOf(reader.clients, name)))?.name, "AccessDenied");

  const readers = new Readers(server, Bucket, name);
  await readers.more(40);
  const written = trailBytes(server);
  await root.kms.send(new DisableKeyCommand({ KeyId: key }));
  const disabled = performance.now();
  await readers.more(400);
  const { reads, lastSuccessMs, errors } = readers.since(disabled);
  await readers.stop();
  t.diagnostic(
    `of ${reads} reads that began after DisableKey was answered, the last success began ${lastSuccessMs.toFixed(1)} ms later`,
  );
  assert.ok(lastSuccessMs < 1000);
  assert.deepEqual(errors, new Set(["KMS.DisabledException"]));
  assert.ok(
    trailBytes(server).every((bytes, slot) => bytes > (written[slot] ?? 0)),
    "every worker was asked",
  );
  await root.kms.send(new EnableKeyCommand({ KeyId: key }));
  await assertReads(root);

  let killed: Promise<void> | undefined;
  const acknowledged = await uploadAll(root, "again/", (count) => {
    if (count >= 60) killed ??= server.kill();
  });
  await killed;
  assert.ok(acknowledged.length >= 60 && acknowledged.length < original.size);
  server = await startServer({ dataFolder: server.dataFolder, port: server.port });
  await assertReads(root, "again/", acknowledged);
  await uploadAll(root, "again/");
  await assertReads(root, "again/");

  const told: string[] = [];
  for await (const page of paginateLookupEvents({ client: root.cloudtrail }, {}))
    told.push(...(page.Events ?? []).map((event) => event.EventName ?? ""));
  assert.ok(told.filter((event) => event === "GenerateDataKey").length >= 2 * original.size);
  const steps = ["RotateKeyOnDemand", "CreateGrant", "RevokeGrant", "DisableKey", "EnableKey"];
  assert.deepEqual(told.filter((event) => steps.includes(event)).reverse(), steps);
  const { Events } = await root.cloudtrail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "session" }] }),
  );
  assert.ok(
    Events?.some((event) => event.CloudTrailEvent?.includes("AccessDenied")),
    "the role's denial is told",
  );
});

test("boto3: two hundred real files from upload to trail", {
  skip: tooSmall || (!hasBoto3 && "python3 with boto3 is not installed"),
}, async (t) => {
  let server: Server = await startServer({ dataFolder: join(folder, "boto3") });
  t.after(() => server.kill());
  const script = join(process.cwd(), "test", "e2e", "boto3_story.py");
  const phase = (name: string): Promise<Finished> =>
    runProgram("python3", [script, name, tree, join(folder, "acknowledged")], { environment: awsEnvironment(server) });
  const told = async (name: string) => {
    const done = await phase(name);
    assert.equal(done.code, 0, done.stderr);
    for (const line of done.stdout.trim().split("\n")) t.diagnostic(line);
  };
  await told("first");
  const before = trailBytes(server);
  const interrupted = phase("interrupted");
  const grown = () => trailBytes(server).reduce((sum, bytes, slot) => sum + bytes - (before[slot] ?? 0), 0);
  while (grown() < 60_000) await new Promise((resolve) => setImmediate(resolve));
  await server.kill();
  assert.equal((await interrupted).code, 3, "the copy was interrupted");
  server = await startServer({ dataFolder: server.dataFolder, port: server.port });
  await told("after");
});
