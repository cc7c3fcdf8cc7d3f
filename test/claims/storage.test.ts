import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
} from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { aws, type Clients, clientsOf, hasProgram } from "../harness/clients.js";
import { codeOf, errorOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

let server: Server;
let root: Clients;
let account: string;
const folder = newFolder("claims-storage");

before(async () => {
  server = await startServer({ dataFolder: `${folder}/data` });
  root = clientsOf(server);
  account = (await root.sts.send(new GetCallerIdentityCommand({}))).Account ?? "";
});
after(async () => {
  await server.stop();
  removeFolder(folder);
});

const newKey = async () => (await root.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
const newBucket = async (Bucket: string) => {
  await root.s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
};
const read = async (clients: Clients, Bucket: string, Key: string) =>
  (await (await clients.s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? "";

async function eventsNamed(name: string) {
  const { Events } = await root.cloudtrail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: name }],
      MaxResults: 50,
    }),
  );
  return (Events ?? []).map((event) => JSON.parse(event.CloudTrailEvent ?? "{}"));
}

test("A1: every KMS call is in the trail: who, when, which key, through which service, which context, allowed or denied", async () => {
  const KeyId = await newKey();
  const stranger = await newUser(server, root, "stranger");
  await codeOf(stranger.clients.kms.send(new DescribeKeyCommand({ KeyId })));
  await root.kms.send(new DescribeKeyCommand({ KeyId }));
  const events = (await eventsNamed("DescribeKey")).filter((event) => event.resources?.[0]?.ARN === KeyId);
  const [allowed, denied] = events.sort((a) => (a.errorCode === undefined ? -1 : 1));
  assert.equal(allowed.userIdentity.arn, `arn:aws:iam::${account}:root`);
  assert.equal(allowed.requestParameters.keyId, KeyId);
  assert.equal(allowed.eventSource, "kms.amazonaws.com");
  assert.equal(allowed.readOnly, true);
  assert.match(allowed.eventTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(denied.errorCode, "AccessDenied");
  assert.equal(denied.userIdentity.userName, "stranger");
  await newBucket("claim-a1");
  await root.s3.send(
    new PutObjectCommand({
      Bucket: "claim-a1",
      Key: "o",
      Body: "x",
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: KeyId,
    }),
  );
  const [made] = (await eventsNamed("GenerateDataKey")).filter((event) => event.resources?.[0]?.ARN === KeyId);
  assert.equal(made.userIdentity.invokedBy, "s3.amazonaws.com");
  assert.equal(made.sourceIPAddress, "s3.amazonaws.com");
  assert.deepEqual(made.requestParameters.encryptionContext, { "aws:s3:arn": "arn:aws:s3:::claim-a1/o" });
});

test("A2: an SSE-KMS read of an object is a Decrypt event that names the object", async () => {
  const KeyId = await newKey();
  await newBucket("claim-a2");
  await root.s3.send(
    new PutObjectCommand({
      Bucket: "claim-a2",
      Key: "report.txt",
      Body: "x",
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: KeyId,
    }),
  );
  const before = (await eventsNamed("Decrypt")).length;
  assert.equal(await read(root, "claim-a2", "report.txt"), "x");
  const events = await eventsNamed("Decrypt");
  assert.equal(events.length, before + 1);
  assert.deepEqual(events[0].requestParameters.encryptionContext, { "aws:s3:arn": "arn:aws:s3:::claim-a2/report.txt" });
  assert.equal(events[0].resources[0].ARN, KeyId);
});

test("S1: SSE-S3 encrypts with the service's own keys, calls no KMS, and is the default", async () => {
  await newBucket("claim-s1");
  const calls = (await eventsNamed("GenerateDataKey")).length;
  const keys = (await root.kms.send(new ListKeysCommand({}))).Keys?.length;
  for (const ServerSideEncryption of ["AES256", undefined] as const) {
    const put = await root.s3.send(
      new PutObjectCommand({ Bucket: "claim-s1", Key: "o", Body: "plain", ServerSideEncryption }),
    );
    assert.equal(put.ServerSideEncryption, "AES256");
    assert.equal(put.ETag, `"${createHash("md5").update("plain").digest("hex")}"`);
    assert.equal(await read(root, "claim-s1", "o"), "plain");
  }
  assert.equal((await eventsNamed("GenerateDataKey")).length, calls);
  assert.equal((await root.kms.send(new ListKeysCommand({}))).Keys?.length, keys);
});

test("S2: SSE-KMS needs the S3 permission and the KMS permission, both", async () => {
  const KeyId = await newKey();
  await newBucket("claim-s2");
  const onlyS3 = await newUser(server, root, "only-s3", { Action: "s3:*" });
  const onlyKms = await newUser(server, root, "only-kms", { Action: "kms:*" });
  const both = await newUser(server, root, "s3-and-kms", { Action: ["s3:*", "kms:GenerateDataKey", "kms:Decrypt"] });
  const put = (clients: Clients) =>
    clients.s3.send(
      new PutObjectCommand({
        Bucket: "claim-s2",
        Key: "o",
        Body: "x",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: KeyId,
      }),
    );
  const refused = await errorOf(put(onlyS3.clients));
  assert.equal(refused?.name, "AccessDenied");
  assert.equal(
    refused?.message,
    `User: ${onlyS3.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${KeyId} because no identity-based policy allows the kms:GenerateDataKey action`,
  );
  assert.equal(await codeOf(put(onlyKms.clients)), "AccessDenied");
  const made = await put(both.clients);
  assert.equal(made.SSEKMSKeyId, KeyId);
  assert.equal(await read(both.clients, "claim-s2", "o"), "x");
  assert.match((await errorOf(read(onlyS3.clients, "claim-s2", "o")))?.message ?? "", /kms:Decrypt/);
});

test("S5: bucket default encryption applies to an upload that names none; a bucket policy refuses others", async () => {
  const [KeyId, otherKey] = [await newKey(), await newKey()];
  const Bucket = await newBucket("claim-s5");
  await root.s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KeyId } }],
      },
    }),
  );
  const put = await root.s3.send(new PutObjectCommand({ Bucket, Key: "o", Body: "x" }));
  assert.deepEqual([put.ServerSideEncryption, put.SSEKMSKeyId], ["aws:kms", KeyId]);
  const deny = (condition: object) => ({
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
    Condition: condition,
  });
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      deny({ StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } }),
      deny({ StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": KeyId } }),
    ],
  });
  await root.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const attempt = (more: object) =>
    codeOf(root.s3.send(new PutObjectCommand({ Bucket, Key: "p", Body: "x", ...more })));
  assert.equal(await attempt({ ServerSideEncryption: "AES256" }), "AccessDenied");
  assert.equal(await attempt({}), "AccessDenied");
  assert.equal(await attempt({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: otherKey }), "AccessDenied");
  assert.equal(await attempt({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyId }), "none");
});

test("S6: granularity is the object: each has a data key of its own, and one bucket mixes modes and keys", async () => {
  const [first, second] = [await newKey(), await newKey()];
  const Bucket = await newBucket("claim-s6");
  const kms = (SSEKMSKeyId: string) => ({ ServerSideEncryption: "aws:kms" as const, SSEKMSKeyId });
  await root.s3.send(new PutObjectCommand({ Bucket, Key: "plain", Body: "0" }));
  await root.s3.send(new PutObjectCommand({ Bucket, Key: "first", Body: "1", ...kms(first) }));
  await root.s3.send(new PutObjectCommand({ Bucket, Key: "second", Body: "2", ...kms(second) }));
  assert.equal((await root.s3.send(new HeadObjectCommand({ Bucket, Key: "second" }))).SSEKMSKeyId, second);
  await root.kms.send(new DisableKeyCommand({ KeyId: first }));
  assert.equal(await codeOf(read(root, Bucket, "first")), "KMS.DisabledException");
  assert.deepEqual([await read(root, Bucket, "plain"), await read(root, Bucket, "second")], ["0", "2"]);
  await root.kms.send(
    new PutKeyPolicyCommand({
      KeyId: second,
      BypassPolicyLockoutSafetyCheck: true,
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: "kms:DescribeKey",
            Resource: "*",
          },
        ],
      }),
    }),
  );
  assert.equal(await codeOf(read(root, Bucket, "second")), "AccessDenied");
  assert.equal(await read(root, Bucket, "plain"), "0");
});

test("X1: TLS to every endpoint, with the local CA's certificate and no other; SSE-C is refused without it", async (t) => {
  const safe = await startServer({ dataFolder: `${folder}/tls`, flags: ["--tls"] });
  t.after(() => safe.stop());
  assert.match(safe.endpoint, /^https:/);
  const ca = readFileSync(join(safe.dataFolder, "tls", "ca.pem"), "utf8");
  const health = (options: object) =>
    new Promise<number>((resolve, reject) => {
      const request = httpsRequest(`${safe.endpoint}/_strongroom/health`, { agent: false, ...options }, (response) =>
        resolve(response.statusCode ?? 0),
      );
      request.on("error", reject).end();
    });
  assert.equal(await health({ ca }), 200);
  await assert.rejects(health({}), /certificate/);
  await refusesCustomerKeysWithoutTls(safe, ca);
  if (!(await hasProgram("aws"))) return t.diagnostic("the AWS CLI is not installed");
  const environment = { AWS_CA_BUNDLE: join(safe.dataFolder, "tls", "ca.pem") };
  const known = await aws(safe, ["kms", "list-keys"], { environment });
  assert.equal(known.code, 0, known.stderr);
  const unknown = await aws(safe, ["kms", "list-keys"]);
  assert.match(unknown.stderr, /SSL validation failed|certificate verify failed/);
});

async function refusesCustomerKeysWithoutTls(safe: Server, ca: string): Promise<void> {
  const Bucket = "customers";
  const over = {
    tls: clientsOf(safe, { ca }),
    http: clientsOf({ ...safe, endpoint: safe.endpoint.replace("s:", ":") }),
  };
  await over.tls.s3.send(new CreateBucketCommand({ Bucket }));
  const BlockedEncryptionTypes = { EncryptionType: ["NONE" as const] };
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BlockedEncryptionTypes }];
  await over.tls.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  const key = { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.alloc(32, 9).toString("base64") };
  const put = ({ s3 }: Clients) => s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...key }));
  const get = ({ s3 }: Clients) => s3.send(new GetObjectCommand({ Bucket, Key: "k", ...key }));
  assert.match((await errorOf(put(over.http)))?.message ?? "", /must be made over a secure connection/);
  await put(over.tls);
  assert.match((await errorOf(get(over.http)))?.message ?? "", /must be made over a secure connection/);
  assert.equal(await (await get(over.tls)).Body?.transformToString(), "x");
}
