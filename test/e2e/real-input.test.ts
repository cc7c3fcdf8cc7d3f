/** A real tree goes through everything that the owner of a key can do, with the AWS CLI. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { aws, awsEnvironment, clientsOf, hasProgram } from "../harness/clients.js";
import { newRole, type Person } from "../harness/people.js";
import { Readers, trailBytes } from "../harness/readers.js";
import { cleanEnvironment, newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { type Contents, contentsOf, gatherTree } from "../harness/trees.js";
import { Canaries } from "../promises/canaries.js";

const FILES = 10_000;
const BYTES = 1024 ** 3;
const PARTS = 50;
/** Folders into which the tree is dealt: four hundred files from all over it, and a thousand. */
const SAMPLE = ["--exclude", "*", "--include", "part-0[0-1]/*"];
const LARGE_SAMPLE = ["--exclude", "*", "--include", "part-0[0-4]/*"];

const folder = newFolder("real-input");
const [tree, dataFolder] = [join(folder, "tree"), join(folder, "data")];
const canaries = new Canaries();
const gathered = gatherTree(tree, { files: FILES, bytes: BYTES, parts: PARTS });
const skip = (await hasProgram("aws"))
  ? gathered === undefined && "this machine has no 10,000 files with 1 GB to take"
  : "the AWS CLI is not installed";

let server: Server;
let original: Contents;

before(async () => {
  plantCanaries();
  original = await contentsOf(tree);
  writeFileSync(join(folder, "config"), "[default]\ns3 =\n  max_concurrent_requests = 16\n  max_queue_size = 10000\n");
  server = await startServer({ dataFolder });
});
after(async () => {
  await server.kill();
  removeFolder(folder);
});

/** In names and bodies, small ones that lie in the database and large ones of several parts. */
function plantCanaries(): void {
  const place = join(tree, "part-00", canaries.text("folder"));
  mkdirSync(place, { recursive: true });
  for (const bytes of [100, 60_000, 20_000_000])
    writeFileSync(join(place, canaries.text(`name ${bytes}`)), canaries.body(`body ${bytes}`, bytes));
}

interface Options {
  readonly as?: Person;
  readonly refused?: boolean;
}

/** Runs the CLI and answers its standard output, or, when it is to be refused, what it complains of. */
async function run(args: readonly string[], { as, refused = false }: Options = {}): Promise<string> {
  const credentials = as === undefined ? {} : { credentials: as.credentials };
  const done = await aws(server, args, { environment: { AWS_CONFIG_FILE: join(folder, "config") }, ...credentials });
  assert.equal(done.code !== 0, refused, `aws ${args.join(" ")}: ${done.stderr.slice(0, 2000)}`);
  return refused ? done.stderr : done.stdout;
}

const sync = (from: string, to: string, more: readonly string[] = [], options: Options = {}) =>
  run(["s3", "sync", from, to, "--only-show-errors", ...more], options);

/** Brings the sample down and compares it. */
async function readSample(prefix = "", options: Options = {}): Promise<string> {
  const back = join(folder, "sample");
  rmSync(back, { recursive: true, force: true });
  const said = await sync(`s3://tree${prefix}`, back, SAMPLE, options);
  if (!options.refused) assert.deepEqual(await contentsOf(back), sampleOf(original));
  return said;
}

const sampleOf = (contents: Contents): Contents =>
  new Map([...contents].filter(([name]) => /^part-0[0-1]\//.test(name)));

/** Starts to copy the sample to `again/`, kills the server in the middle; answers what was said to be uploaded. */
async function syncAndKill(): Promise<string[]> {
  const child = spawn("aws", ["s3", "sync", tree, "s3://tree/again", "--no-progress", ...LARGE_SAMPLE], {
    env: { ...cleanEnvironment(), ...awsEnvironment(server), AWS_CONFIG_FILE: join(folder, "config") },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  let killed: Promise<void> | undefined;
  child.stdout.on("data", (piece: Buffer) => {
    said += piece.toString();
    if (said.split("\n").length > 300) killed ??= server.kill();
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.ok(killed, "the copy was long enough to be interrupted");
  await killed;
  assert.notEqual(code, 0);
  return [...said.matchAll(/^upload: .* to s3:\/\/tree\/again\/(.+)$/gm)].map((match) => match[1] ?? "");
}

interface Told {
  readonly eventName: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly userIdentity: { readonly arn?: string };
  readonly requestParameters: { readonly encryptionContext?: Readonly<Record<string, string>> } | null;
}

/** Everything that the trail tells, oldest first. */
async function wholeTrail(): Promise<Told[]> {
  const answer = JSON.parse(await run(["cloudtrail", "lookup-events"])) as {
    Events: readonly { CloudTrailEvent: string }[];
  }; // the CLI's own form
  return answer.Events.map((event) => JSON.parse(event.CloudTrailEvent) as Told).reverse();
}

const objectOf = (event: Told) => event.requestParameters?.encryptionContext?.["aws:s3:arn"] ?? "";

test("ten thousand real files under the owner's key, from the first copy to the last line of the trail", {
  skip,
}, async (t) => {
  let key = "";
  let reader: Person;
  const acknowledged: string[] = [];
  const root = clientsOf(server);
  const timed = async (what: string, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    t.diagnostic(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  };

  await t.test("synced into a bucket under a customer key and back, every byte is the same", async () => {
    t.diagnostic(`${original.size} files, ${gathered?.bytes} bytes`);
    key = JSON.parse(await run(["kms", "create-key"])).KeyMetadata.Arn;
    await run(["s3", "mb", "s3://tree"]);
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: key } };
    const configuration = JSON.stringify({ Rules: [rule] });
    const encryption = ["--bucket", "tree", "--server-side-encryption-configuration", configuration];
    await run(["s3api", "put-bucket-encryption", ...encryption]);
    const back = join(folder, "back");
    await timed("up", () => sync(tree, "s3://tree"));
    await timed("down", () => sync("s3://tree", back));
    assert.deepEqual(await contentsOf(back), original);
    rmSync(back, { recursive: true });
    const [name = ""] = original.keys();
    const head = JSON.parse(await run(["s3api", "head-object", "--bucket", "tree", "--key", name]));
    assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId], ["aws:kms", key]);
  });

  await t.test("a rotated key reads what it wrote before", async () => {
    await run(["kms", "rotate-key-on-demand", "--key-id", key]);
    await readSample();
  });

  await t.test("a role that may read S3 and not use the key is denied in AWS's words", async () => {
    reader = await newRole(server, root, key.split(":")[4] ?? "", "reader", { Action: ["s3:Get*", "s3:List*"] });
    await run(["s3", "ls", "s3://tree/part-00/"], { as: reader });
    const said = await readSample("", { as: reader, refused: true });
    const session = reader.arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/");
    const words = `(AccessDenied) when calling the GetObject operation: User: ${session}/session is not authorized to perform: kms:Decrypt on resource: ${key} because no identity-based policy allows the kms:Decrypt action`;
    assert.ok(said.includes(words), said.slice(0, 1000));
  });

  await t.test("a grant lets the role read; revoked, it reads no more", async () => {
    const grant = ["--key-id", key, "--grantee-principal", reader.arn, "--operations", "Decrypt"];
    const { GrantId } = JSON.parse(await run(["kms", "create-grant", ...grant]));
    await readSample("", { as: reader });
    await run(["kms", "revoke-grant", "--key-id", key, "--grant-id", GrantId]);
    assert.match(await readSample("", { as: reader, refused: true }), /not authorized to perform: kms:Decrypt/);
  });

  await t.test("a disabled key stops every read on every worker within a second; enabled, all is back", async () => {
    const [name = ""] = [...original.keys()].filter((each) => /^part-07/.test(each));
    const readers = new Readers(server, "tree", name);
    await readers.more(40);
    const written = trailBytes(server);
    const before = performance.now();
    await run(["kms", "disable-key", "--key-id", key]);
    const ended = performance.now();
    await readers.more(400);
    const after = readers.since(ended);
    t.diagnostic(
      `disable-key took ${(ended - before).toFixed(0)} ms with the CLI's own time; of ${after.reads} reads that began after it the last success began ${after.lastSuccessMs.toFixed(0)} ms later`,
    );
    assert.deepEqual(after.errors, new Set(["KMS.DisabledException"]));
    assert.equal(after.lastSuccessMs, 0);
    assert.ok(
      trailBytes(server).every((bytes, slot) => bytes > (written[slot] ?? 0)),
      "every worker was asked",
    );
    assert.match(await readSample("", { refused: true }), /\(KMS\.DisabledException\).* is disabled/);
    await run(["kms", "enable-key", "--key-id", key]);
    const enabled = performance.now();
    await readers.more(40);
    await readers.stop();
    assert.deepEqual(readers.since(enabled).errors, new Set());
    await readSample();
  });

  await t.test("after kill -9 in the middle of a sync, what was acknowledged is there; repeated, all is", async () => {
    acknowledged.push(...(await syncAndKill()));
    assert.ok(acknowledged.length >= 290 && acknowledged.length < 1000);
    server = await startServer({ dataFolder, port: server.port });
    const back = join(folder, "acknowledged");
    await sync("s3://tree/again", back);
    const kept = await contentsOf(back);
    for (const name of acknowledged) assert.equal(kept.get(name), original.get(name), name);
    for (const [name, hash] of kept) assert.equal(hash, original.get(name), `${name} is whole`);
    await sync(tree, "s3://tree/again", LARGE_SAMPLE);
    await readSample("/again");
  });

  await t.test("no canary lies in the data folder, in the clear or encoded", async () => {
    await server.stop();
    const { findings, files, bytes } = await canaries.searchFolders([dataFolder]);
    t.diagnostic(`${files} files, ${bytes} bytes searched`);
    assert.ok(bytes > BYTES);
    assert.deepEqual(findings, []);
    assert.ok((await canaries.searchFolders([join(tree, "part-00")])).findings.length >= 7, "the search finds them");
    server = await startServer({ dataFolder, port: server.port });
  });

  await t.test("the trail tells the whole story", async () => {
    const events = await wholeTrail();
    t.diagnostic(`${events.length} events`);
    assertTold(events, key, acknowledged);
  });
});

/** The steps in their order, a data key for every object, and every refusal with its reason. */
function assertTold(events: readonly Told[], key: string, acknowledged: readonly string[]): void {
  const steps = /^(CreateKey|CreateBucket|PutBucketEncryption|RotateKeyOnDemand|(Create|Revoke)Grant|(Dis|En)ableKey)$/;
  assert.deepEqual(
    events.filter(({ eventName }) => steps.test(eventName)).map(({ eventName }) => eventName),
    [
      "CreateKey",
      "CreateBucket",
      "PutBucketEncryption",
      "RotateKeyOnDemand",
      "CreateGrant",
      "RevokeGrant",
      "DisableKey",
      "EnableKey",
    ],
  );
  const made = new Set(events.filter((event) => event.eventName === "GenerateDataKey").map(objectOf));
  for (const name of original.keys()) assert.ok(made.has(`arn:aws:s3:::tree/${name}`), name);
  for (const name of acknowledged) assert.ok(made.has(`arn:aws:s3:::tree/again/${name}`), name);
  const refused = events.filter((event) => event.eventName === "Decrypt" && event.errorCode !== undefined);
  const denied = refused.filter((event) => event.errorCode === "AccessDenied");
  assert.ok(denied.length >= 2 * sampleOf(original).size);
  for (const event of denied) assert.match(event.userIdentity.arn ?? "", /:assumed-role\/reader\/session$/);
  const disabled = refused.filter((event) => event.errorCode === "DisabledException");
  assert.ok(disabled.length >= sampleOf(original).size);
  for (const event of disabled) assert.ok(event.errorMessage?.includes(key));
}
