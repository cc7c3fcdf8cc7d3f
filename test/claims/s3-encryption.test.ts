import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DisableKeyCommand,
  EnableKeyCommand,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketEncryptionCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3ServiceException,
  UpdateObjectEncryptionCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { type Clients, clientsOf } from "../harness/clients.js";
import { callHouse } from "../harness/house-api.js";
import { codeOf, errorOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { filesBelow } from "../harness/trees.js";
import { ANNOTATION_NAME, ANNOTATION_TEXT, annotationsFollowTheirObject } from "./s3-annotations.js";

// Every way in which S3 encrypts, and every way from each to each, over TLS: customers' keys go no other way.

const folder = newFolder("claims-s3-encryption");
const REGION = "us-east-1";
let server: Server;
let ca: string;
let root: Clients;
let account: string;
let partner: Clients;
let partnerId: string;

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data`, flags: ["--tls"] });
  ca = readFileSync(join(server.dataFolder, "tls", "ca.pem"), "utf8");
  root = clientsOf(server, { ca });
  account = (await root.sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
  const made = await callHouse({ ...server, endpoint: plainHttp() }, server.credentials, "CreateAccount", {
    name: "partner",
  });
  partnerId = String(made["accountId"]);
  const credentials = { accessKeyId: String(made["accessKeyId"]), secretAccessKey: String(made["secretAccessKey"]) };
  partner = clientsOf(server, { ca, credentials });
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

/** One port answers both. */
const plainHttp = () => server.endpoint.replace("https:", "http:");
const newKey = async (input: CreateKeyCommandInput = {}, by = root) =>
  (await by.kms.send(new CreateKeyCommand(input))).KeyMetadata?.Arn ?? "";
const withoutBlock = (Bucket: string, by = root) =>
  by.s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
            BlockedEncryptionTypes: { EncryptionType: ["NONE"] },
          },
        ],
      },
    }),
  );

type Encrypting = Pick<PutObjectCommandInput, "ServerSideEncryption" | "SSEKMSKeyId" | "BucketKeyEnabled">;
type CustomerKey = Pick<GetObjectCommandInput, "SSECustomerAlgorithm" | "SSECustomerKey" | "SSECustomerKeyMD5">;

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("base64");
const keyBytes = (seed: string) => createHash("sha256").update(seed).digest();
const customer = (bytes: Uint8Array): CustomerKey => ({
  SSECustomerAlgorithm: "AES256",
  SSECustomerKey: Buffer.from(bytes).toString("base64"),
  SSECustomerKeyMD5: md5(bytes),
});
const asSource = ({ SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 }: CustomerKey) =>
  SSECustomerKey === undefined
    ? {}
    : {
        CopySourceSSECustomerAlgorithm: SSECustomerAlgorithm,
        CopySourceSSECustomerKey: SSECustomerKey,
        CopySourceSSECustomerKeyMD5: SSECustomerKeyMD5,
      };

const read = async (Bucket: string, Key: string, more: object = {}, by = root) =>
  Buffer.from(
    (await (await by.s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToByteArray()) ?? [],
  );

interface Mode {
  /** What a write asks with. */
  readonly write: Encrypting & CustomerKey;
  /** What a read needs. */
  readonly read: CustomerKey;
  /** What answers tell, without the customer's key. */
  readonly told: readonly [sse: string | undefined, key: string | undefined, bucketKey: true | undefined];
  readonly etagIsMd5: boolean;
}

/** The ways of the guides and the specification, each with keys of its own. */
async function allModes(): Promise<ReadonlyMap<string, Mode>> {
  const policy = {
    Version: "2012-10-17",
    Statement: [partnerId, account].map((id) => ({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${id}:root` },
      Action: "kms:*",
      Resource: "*",
    })),
  };
  const abroad = await newKey({ Policy: JSON.stringify(policy) }, partner);
  const elsewhere = clientsOf(server, { ca, region: "eu-west-1" });
  const primary = await newKey({ MultiRegion: true }, elsewhere);
  await elsewhere.kms.send(new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion: REGION }));
  const replica = primary.replace("eu-west-1", REGION);
  const [own, withBucketKey, twice] = [await newKey(), await newKey(), await newKey()];
  const bytes = keyBytes("the customer's");
  const kms = (key: string, BucketKeyEnabled?: true): Mode => ({
    write: { ServerSideEncryption: "aws:kms", SSEKMSKeyId: key, ...(BucketKeyEnabled ? { BucketKeyEnabled } : {}) },
    read: {},
    told: ["aws:kms", key, BucketKeyEnabled],
    etagIsMd5: false,
  });
  const managed = await root.s3.send(
    new PutObjectCommand({ Bucket: "matrix", Key: "first", Body: "x", ServerSideEncryption: "aws:kms" }),
  );
  return new Map<string, Mode>([
    [
      "SSE-S3",
      { write: { ServerSideEncryption: "AES256" }, read: {}, told: ["AES256", undefined, undefined], etagIsMd5: true },
    ],
    ["aws/s3", { ...kms(managed.SSEKMSKeyId ?? ""), write: { ServerSideEncryption: "aws:kms" } }],
    ["a customer managed key", kms(own)],
    ["a bucket key", kms(withBucketKey, true)],
    ["another account's key", kms(abroad)],
    ["a multi-Region key's replica", kms(replica)],
    [
      "DSSE-KMS",
      {
        write: { ServerSideEncryption: "aws:kms:dsse", SSEKMSKeyId: twice },
        read: {},
        told: ["aws:kms:dsse", twice, undefined],
        etagIsMd5: false,
      },
    ],
    [
      "SSE-C",
      { write: customer(bytes), read: customer(bytes), told: [undefined, undefined, undefined], etagIsMd5: false },
    ],
  ]);
}

const BODY = Buffer.concat(Array.from({ length: 2200 }, (_, at) => keyBytes(`block ${at}`)));

async function expect(Bucket: string, Key: string, mode: Mode, name: string): Promise<void> {
  const head = await root.s3.send(new HeadObjectCommand({ Bucket, Key, ...mode.read }));
  assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId, head.BucketKeyEnabled], mode.told, name);
  assert.equal(head.SSECustomerKeyMD5, mode.read.SSECustomerKeyMD5, name);
  const isMd5 = head.ETag === `"${createHash("md5").update(BODY).digest("hex")}"`;
  if (!head.ETag?.includes("-")) assert.equal(isMd5, mode.etagIsMd5, name);
  assert.ok((await read(Bucket, Key, mode.read)).equals(BODY), name);
}

/** Uploads differ by what wraps their key, not by whose it is. */
const UPLOADED = new Set(["a bucket key", "DSSE-KMS", "SSE-C"]);

async function copyBetween(Bucket: string, [from, source]: [string, Mode], [to, target]: [string, Mode]) {
  const name = `${from} → ${to}`;
  const copied = { CopySource: `${Bucket}/${encodeURIComponent(from)}`, ...asSource(source.read) };
  const made = await root.s3.send(new CopyObjectCommand({ Bucket, Key: name, ...copied, ...target.write }));
  assert.equal(made.ServerSideEncryption, target.told[0], name);
  await expect(Bucket, name, target, name);
  if (!UPLOADED.has(to)) return;
  const place = { Bucket, Key: `${name}, a part` };
  const { UploadId } = await root.s3.send(new CreateMultipartUploadCommand({ ...place, ...target.write }));
  const upload = { ...place, UploadId, ...target.read };
  const part = await root.s3.send(new UploadPartCopyCommand({ ...upload, ...copied, PartNumber: 1 }));
  const Parts = [{ PartNumber: 1, ETag: part.CopyPartResult?.ETag }];
  await root.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  await expect(Bucket, place.Key, target, place.Key);
}

test("S7: an object is copied from every mode to every mode, to another key, in place and as a part", async () => {
  const Bucket = "matrix";
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  await withoutBlock(Bucket);
  const modes = await allModes();
  for (const [from, source] of modes) {
    await root.s3.send(new PutObjectCommand({ Bucket, Key: from, Body: BODY, ...source.write }));
    await expect(Bucket, from, source, from);
    const ranged = await read(Bucket, from, { ...source.read, Range: "bytes=65500-65600" });
    assert.ok(ranged.equals(BODY.subarray(65_500, 65_601)), from);
    await Promise.all([...modes].map(([to, target]) => copyBetween(Bucket, [from, source], [to, target])));
  }
  // In place: one object goes all the way round.
  let now = modes.get("SSE-S3")!;
  const round = { Bucket, Key: "round" };
  await root.s3.send(new PutObjectCommand({ ...round, Body: BODY, ...now.write }));
  for (const [to, target] of [...modes, ...[...modes].reverse()]) {
    await root.s3.send(
      new CopyObjectCommand({ ...round, CopySource: `${Bucket}/round`, ...asSource(now.read), ...target.write }),
    );
    now = target;
    await expect(Bucket, "round", now, `in place to ${to}`);
  }
});

test("S7: where the service has it, the key changes in place and no byte moves", async () => {
  const Bucket = "matrix";
  const KMSKeyArn = await newKey();
  for (const from of ["SSE-S3", "aws/s3", "a customer managed key", "a bucket key"]) {
    const { ETag } = await root.s3.send(new HeadObjectCommand({ Bucket, Key: from }));
    await root.s3.send(
      new UpdateObjectEncryptionCommand({ Bucket, Key: from, ObjectEncryption: { SSEKMS: { KMSKeyArn } } }),
    );
    const head = await root.s3.send(new HeadObjectCommand({ Bucket, Key: from }));
    assert.deepEqual([head.SSEKMSKeyId, head.ETag], [KMSKeyArn, ETag]);
    assert.ok((await read(Bucket, from)).equals(BODY));
  }
  const ask = (Key: string, key = KMSKeyArn) =>
    errorOf(
      root.s3.send(
        new UpdateObjectEncryptionCommand({ Bucket, Key, ObjectEncryption: { SSEKMS: { KMSKeyArn: key } } }),
      ),
    );
  for (const from of ["DSSE-KMS", "SSE-C"]) assert.equal((await ask(from))?.name, "InvalidRequest");
  assert.match(
    (await ask("SSE-S3", "alias/aws/s3"))?.message ?? "",
    /require a valid AWS KMS key Amazon Resource Name/,
  );
  assert.match((await ask("SSE-S3", ""))?.message ?? "", /AWS KMS key Amazon Resource Name/);
  await root.kms.send(new DisableKeyCommand({ KeyId: KMSKeyArn }));
  assert.equal(await codeOf(read(Bucket, "SSE-S3")), "KMS.DisabledException");
});

/** A role by which S3 brings what lies in one bucket to another. */
async function newReplicator(from: string, to: string): Promise<string | undefined> {
  const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const allow = (Action: string, bucket: string) => ({ Effect: "Allow", Action, Resource: `arn:aws:s3:::${bucket}/*` });
  const trust = { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" };
  const RoleName = "replicator";
  const { Role } = await root.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
  const PolicyDocument = document(allow("s3:GetObjectVersionForReplication", from), allow("s3:ReplicateObject", to));
  await root.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "replicate", PolicyDocument }));
  return Role?.Arn;
}

test("S7: what lies under a customer's key is replicated to another Region, and opens there with that key alone", async () => {
  const far = clientsOf(server, { ca, region: "eu-west-1" });
  const [near, away] = ["customers-near", "customers-far"];
  await root.s3.send(new CreateBucketCommand({ Bucket: near }));
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  await far.s3.send(new CreateBucketCommand({ Bucket: away, CreateBucketConfiguration }));
  for (const [Bucket, by] of [
    [near, root],
    [away, far],
  ] as const) {
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await by.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  await withoutBlock(near);
  const rule = {
    Status: "Enabled",
    Priority: 1,
    Filter: { Prefix: "" },
    DeleteMarkerReplication: { Status: "Disabled" },
    Destination: { Bucket: `arn:aws:s3:::${away}` },
  } as const;
  const Role = await newReplicator(near, away);
  await root.s3.send(
    new PutBucketReplicationCommand({ Bucket: near, ReplicationConfiguration: { Role, Rules: [rule] } }),
  );
  const [key, other] = [customer(keyBytes("the right one")), customer(keyBytes("a wrong one"))];
  const replicated = async (Key: string) => {
    await root.s3.send(new PutObjectCommand({ Bucket: near, Key, Body: BODY, ...key }));
    for (;;) {
      const { ReplicationStatus } = await root.s3.send(new HeadObjectCommand({ Bucket: near, Key, ...key }));
      if (ReplicationStatus !== "PENDING") return ReplicationStatus;
      await pause(50);
    }
  };
  assert.equal(await replicated("blocked"), "FAILED", "a new bucket takes no SSE-C, be it a replica");
  await withoutBlock(away, far);
  assert.equal(await replicated("taken"), "COMPLETED");
  const head = await far.s3.send(new HeadObjectCommand({ Bucket: away, Key: "taken", ...key }));
  assert.deepEqual([head.ReplicationStatus, head.SSECustomerKeyMD5], ["REPLICA", key.SSECustomerKeyMD5]);
  assert.equal(await codeOf(read(away, "taken", {}, far)), "InvalidRequest");
  assert.equal(await codeOf(read(away, "taken", other, far)), "AccessDenied");
  assert.ok((await read(away, "taken", key, far)).equals(BODY));
});

/** What the files of a folder hold, byte for byte; a socket holds nothing. */
const contentsBelow = (below: string) =>
  filesBelow(below)
    .filter((file) => lstatSync(join(below, file)).isFile())
    .map((file) => [file, readFileSync(join(below, file)).toString("latin1")] as const);

/** An answer to HEAD has no body: its status says all. */
const statusOf = async (head: HeadObjectCommand) => {
  const error = await errorOf(root.s3.send(head));
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
};

test("S3: the customer's key comes with each request, is not stored, and without it the object cannot be read", async () => {
  const Bucket = "customers";
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  const [right, wrong] = [keyBytes("right"), keyBytes("wrong")];
  const place = { Bucket, Key: "secret" };
  const put = (by: Clients) => by.s3.send(new PutObjectCommand({ ...place, Body: BODY, ...customer(right) }));
  assert.equal(await codeOf(put(root)), "AccessDenied", "a new bucket blocks it");
  await withoutBlock(Bucket);
  const open = clientsOf({ ...server, endpoint: plainHttp() });
  assert.match((await errorOf(put(open)))?.message ?? "", /must be made over a secure connection/);
  const made = await put(root);
  assert.deepEqual(
    [made.SSECustomerAlgorithm, made.SSECustomerKeyMD5, made.ServerSideEncryption],
    ["AES256", md5(right), undefined],
  );
  assert.ok((await read(Bucket, "secret", customer(right))).equals(BODY));
  assert.equal(await codeOf(read(Bucket, "secret")), "InvalidRequest");
  assert.equal(await codeOf(read(Bucket, "secret", customer(wrong))), "AccessDenied");
  assert.equal(await statusOf(new HeadObjectCommand(place)), 400);
  assert.equal(await statusOf(new HeadObjectCommand({ ...place, ...customer(wrong) })), 403);
  const attributes = new GetObjectAttributesCommand({ ...place, ObjectAttributes: ["ETag"], ...customer(right) });
  assert.equal((await root.s3.send(attributes)).ETag, made.ETag?.replaceAll('"', ""));
  // Neither the log nor any file holds the key, be it as bytes, hex, base64 or its MD5.
  const traces = [right, createHash("md5").update(right).digest()].flatMap((bytes) => [
    bytes.toString("latin1"),
    bytes.toString("hex"),
    bytes.toString("base64"),
  ]);
  for (const trace of traces) assert.ok(!server.output().includes(trace), "the log");
  for (const [file, bytes] of contentsBelow(server.dataFolder)) {
    for (const trace of traces) assert.ok(!bytes.includes(trace), file);
  }
});

test("S2: annotations lie under their object's key, not beside it in the clear; a customer's key has none", async () => {
  const Bucket = "annotated";
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  await withoutBlock(Bucket);
  await annotationsFollowTheirObject(root, Bucket, customer(keyBytes("the customer's")));
  for (const trace of [ANNOTATION_TEXT, ANNOTATION_NAME]) {
    assert.ok(!server.output().includes(trace), "the log");
    for (const [file, bytes] of contentsBelow(server.dataFolder)) assert.ok(!bytes.includes(trace), file);
  }
});

test("KMS refuses in S3's words, for whatever reads or writes", async () => {
  const Bucket = "refusals";
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  await root.s3.send(new PutObjectCommand({ Bucket, Key: "plain", Body: "x" }));
  const kms = (SSEKMSKeyId: string) => ({ ServerSideEncryption: "aws:kms" as const, SSEKMSKeyId });
  const writes = (key: string, by = root) => [
    () => by.s3.send(new PutObjectCommand({ Bucket, Key: "w", Body: "x", ...kms(key) })),
    () => by.s3.send(new CopyObjectCommand({ Bucket, Key: "w", CopySource: `${Bucket}/plain`, ...kms(key) })),
    () => by.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "w", ...kms(key) })),
  ];
  const reads = (by = root) => [
    () => read(Bucket, "sealed", {}, by),
    () =>
      by.s3.send(
        new CopyObjectCommand({ Bucket, Key: "w", CopySource: `${Bucket}/sealed`, ServerSideEncryption: "AES256" }),
      ),
    () => by.s3.send(new GetObjectAttributesCommand({ Bucket, Key: "sealed", ObjectAttributes: ["Checksum"] })),
  ];
  const refused = async (calls: (() => Promise<unknown>)[], code: string, message: string) => {
    for (const call of calls) {
      const error = await errorOf(call());
      assert.deepEqual([error?.name, error?.message], [code, message]);
    }
  };
  const NOT_FOUND = "KMS.NotFoundException";
  const absent = "134f2428-cec1-4b25-a1ae-9048164dba47";
  const arn = (id: string) => `arn:aws:kms:${REGION}:${account}:key/${id}`;
  await refused(writes("fake"), NOT_FOUND, "Invalid keyId 'fake'");
  await refused(writes(absent), NOT_FOUND, `Key '${arn(absent)}' does not exist`);
  await refused(writes(arn(absent)), NOT_FOUND, `Key '${arn(absent)}' does not exist`);
  const far = await newKey({}, clientsOf(server, { ca, region: "eu-west-1" }));
  await refused(writes(far), NOT_FOUND, "Invalid arn eu-west-1");
  const empty = await newKey({ Origin: "EXTERNAL" });
  await refused(writes(empty), "KMS.KMSInvalidStateException", `${empty} is pending import.`);
  for (const KeySpec of ["RSA_2048", "HMAC_256"] as const) {
    const other = await newKey({
      KeySpec,
      KeyUsage: KeySpec === "RSA_2048" ? "ENCRYPT_DECRYPT" : "GENERATE_VERIFY_MAC",
    });
    for (const call of writes(other)) assert.equal(await codeOf(call()), "KMS.InvalidKeyUsageException", KeySpec);
  }

  const key = await newKey();
  await root.s3.send(new PutObjectCommand({ Bucket, Key: "sealed", Body: "x", ...kms(key) }));
  await root.kms.send(new DisableKeyCommand({ KeyId: key }));
  await refused([...writes(key), ...reads()], "KMS.DisabledException", `${key} is disabled.`);
  // What needs no key works.
  await root.s3.send(new HeadObjectCommand({ Bucket, Key: "sealed" }));
  await root.kms.send(new EnableKeyCommand({ KeyId: key }));
  await root.kms.send(new ScheduleKeyDeletionCommand({ KeyId: key }));
  await refused([...writes(key), ...reads()], "KMS.KMSInvalidStateException", `${key} is pending deletion.`);
  await root.kms.send(new CancelKeyDeletionCommand({ KeyId: key }));
  await root.kms.send(new EnableKeyCommand({ KeyId: key }));
  assert.equal((await read(Bucket, "sealed")).toString(), "x");

  const person = await newUser({ ...server, endpoint: plainHttp() }, root, "without-kms", { Action: "s3:*" });
  const nobody = clientsOf(server, { ca, credentials: person.credentials });
  const because = (action: string) =>
    `User: ${person.arn} is not authorized to perform: ${action} on resource: ${key} because no identity-based policy allows the ${action} action`;
  await refused(writes(key, nobody), "AccessDenied", because("kms:GenerateDataKey"));
  for (const call of reads(nobody)) assert.match((await errorOf(call()))?.message ?? "", /kms:Decrypt/);

  const abroad = await newKey({}, partner);
  const anybody = `User: arn:aws:iam::${account}:root is not authorized to perform: kms:GenerateDataKey on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
  await refused(writes(abroad), "AccessDenied", anybody);
  await refused(writes(abroad.replace(/[^/]+$/, absent)), "AccessDenied", anybody);
});

test("S8: today each new object is at least SSE-S3; a setting brings the older behaviour back, and the disk stays sealed", async (t) => {
  const study = await startServer({ dataFolder: `${folder}/study`, flags: ["--s3", "defaultEncryption=none"] });
  t.after(() => study.stop());
  const old = clientsOf(study);
  const Bucket = "before-2023";
  await old.s3.send(new CreateBucketCommand({ Bucket }));
  const asked = () => errorOf(old.s3.send(new GetBucketEncryptionCommand({ Bucket })));
  assert.equal((await asked())?.name, "ServerSideEncryptionConfigurationNotFoundError");
  const canary = "a line that no file may hold in the clear";
  const put = await old.s3.send(new PutObjectCommand({ Bucket, Key: "plain", Body: canary.repeat(1000) }));
  const head = await old.s3.send(new HeadObjectCommand({ Bucket, Key: "plain" }));
  assert.deepEqual([put.ServerSideEncryption, head.ServerSideEncryption], [undefined, undefined]);
  const named = await old.s3.send(
    new PutObjectCommand({ Bucket, Key: "named", Body: "x", ServerSideEncryption: "AES256" }),
  );
  assert.equal(named.ServerSideEncryption, "AES256");
  await old.s3.send(
    new CopyObjectCommand({ Bucket, Key: "plain", CopySource: `${Bucket}/plain`, ServerSideEncryption: "AES256" }),
  );
  assert.equal((await old.s3.send(new HeadObjectCommand({ Bucket, Key: "plain" }))).ServerSideEncryption, "AES256");
  for (const [file, bytes] of contentsBelow(study.dataFolder)) assert.ok(!bytes.includes(canary), file);
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  assert.equal(
    (await root.s3.send(new PutObjectCommand({ Bucket, Key: "o", Body: "x" }))).ServerSideEncryption,
    "AES256",
  );
});
