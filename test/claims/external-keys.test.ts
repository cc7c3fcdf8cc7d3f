import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateUserCommand, DeleteUserPolicyCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeCustomKeyStoresCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  DisconnectCustomKeyStoreCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
  UpdateCustomKeyStoreCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Clients, clientsOf, runProgram } from "../harness/clients.js";
import { codeOf, errorOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

// Two servers: B is the external key store proxy, A keeps its keys behind it (claim K7).

const folder = newFolder("xks");
const dataB = join(folder, "b");
let proxyPort: number;
let serverA: Server;
let serverB: Server;
let a: Clients;
let b: Clients;
let externalKey: string;
let storeId: string;
let KeyId: string;

const PROGRAM = join(process.cwd(), "bin", "strongroom.cjs");
const EXTERNAL_KEY = "payroll-key.1";
const USER = "xks-proxy";
const EncryptionContext = { department: "payroll" };
const Plaintext = Buffer.from("the salaries");

before(async () => {
  proxyPort = await freePort();
  serverB = await startB();
  b = clientsOf(serverB);
  await setUpProxy();
  serverA = await startServer({
    dataFolder: join(folder, "a"),
    flags: ["--xks-ports", `localhost=${proxyPort}`, "--xks-ca", join(dataB, "tls", "ca.pem")],
  });
  a = clientsOf(serverA);
});
after(async () => {
  await serverA?.stop();
  await serverB?.stop();
  removeFolder(folder);
});

const startB = () => startServer({ dataFolder: dataB, flags: ["--xks-proxy-port", String(proxyPort)] });

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

async function xksProxy(...words: string[]): Promise<string> {
  const done = await runProgram(process.execPath, [PROGRAM, "xks-proxy", ...words, "--data", dataB]);
  assert.equal(done.code, 0, done.stderr);
  return done.stdout;
}

/** A user whose policies say what the proxy may do, the proxy's file, and one external key. */
async function setUpProxy(): Promise<void> {
  const { User } = await b.iam.send(new CreateUserCommand({ UserName: USER }));
  await allowProxy();
  const { KeyMetadata } = await b.kms.send(new CreateKeyCommand({}));
  externalKey = KeyMetadata?.Arn ?? "";
  await xksProxy("init", "--principal", User?.Arn ?? "");
  await xksProxy("add-key", "--external-key-id", EXTERNAL_KEY, "--key-id", externalKey);
}

async function allowProxy(): Promise<void> {
  const Action = ["kms:DescribeKey", "kms:Encrypt", "kms:Decrypt"];
  const Condition = { StringLike: { "kms:ViaService": "xks-proxy.*.amazonaws.com" } };
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action, Resource: "*", Condition }],
  });
  await b.iam.send(new PutUserPolicyCommand({ UserName: USER, PolicyName: "xks", PolicyDocument }));
}

interface ConsoleCredential {
  readonly XksProxyUriPath: string;
  readonly XksProxyAuthenticationCredential: { readonly AccessKeyId: string; readonly RawSecretAccessKey: string };
}

const credentials = async (): Promise<ConsoleCredential> => JSON.parse(await xksProxy("credential"));

async function createStore(more: object = {}): Promise<string> {
  const { CustomKeyStoreId } = await a.kms.send(
    new CreateCustomKeyStoreCommand({
      CustomKeyStoreName: "external",
      CustomKeyStoreType: "EXTERNAL_KEY_STORE",
      XksProxyConnectivity: "PUBLIC_ENDPOINT",
      XksProxyUriEndpoint: "https://localhost",
      ...(await credentials()),
      ...more,
    }),
  );
  return CustomKeyStoreId ?? "";
}

async function stateOf(CustomKeyStoreId: string): Promise<string> {
  const { CustomKeyStores } = await a.kms.send(new DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
  return CustomKeyStores?.[0]?.ConnectionState ?? "";
}

async function connect(CustomKeyStoreId: string): Promise<string> {
  await a.kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  await until("a connection's end", async () => (await stateOf(CustomKeyStoreId)) !== "CONNECTING");
  return stateOf(CustomKeyStoreId);
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`never came: ${what}`);
}

const encrypt = async (key = KeyId): Promise<Uint8Array> =>
  (await a.kms.send(new EncryptCommand({ KeyId: key, Plaintext, EncryptionContext }))).CiphertextBlob ??
  assert.fail("no ciphertext");

const decrypt = async (CiphertextBlob: Uint8Array): Promise<Buffer> =>
  Buffer.from((await a.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))).Plaintext ?? []);

test("K7: the proxy's credentials are its owner's alone", () => {
  assert.equal(statSync(join(dataB, "xks-proxy.json")).mode & 0o777, 0o600);
});

test("K7: the command makes no second proxy, no third credential and no key of a name that is none", async () => {
  const refused = async (...words: string[]) => {
    const done = await runProgram(process.execPath, [PROGRAM, "xks-proxy", ...words, "--data", dataB]);
    assert.notEqual(done.code, 0, words.join(" "));
    assert.ok(!done.stderr.includes((await credentials()).XksProxyAuthenticationCredential.RawSecretAccessKey));
  };
  await refused("init", "--principal", "arn:aws:iam::111122223333:user/other");
  await refused("add-key", "--external-key-id", "..", "--key-id", externalKey);
  await refused("add-key", "--external-key-id", "a", "--key-id", "alias/a");
  await refused("remove-key", "--external-key-id", "nobody");
  await refused("retire", "--access-key-id", "NOBODY");
  await refused("sing");
  assert.match(await xksProxy("list"), new RegExp(`${EXTERNAL_KEY}  ${externalKey}`));
});

test("K7: a store is made with the right credential, and with no other", async () => {
  const { XksProxyAuthenticationCredential: right } = await credentials();
  const wrong = { ...right, RawSecretAccessKey: "A".repeat(43) };
  assert.equal(
    await codeOf(createStore({ XksProxyAuthenticationCredential: wrong })),
    "XksProxyIncorrectAuthenticationCredentialException",
  );
  assert.equal(
    await codeOf(createStore({ XksProxyUriPath: "/b/kms/xks/v1" })),
    "XksProxyInvalidConfigurationException",
  );
  const nobody = { XksProxyUriEndpoint: "https://127.0.0.1" };
  assert.equal(await codeOf(createStore(nobody)), "XksProxyUriUnreachableException");
  storeId = await createStore();
  assert.equal(await stateOf(storeId), "DISCONNECTED");
  assert.equal(await connect(storeId), "CONNECTED");
});

test("K7: a key is bound to the external key, and to no other", async () => {
  const inStore = { Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId: storeId } as const;
  assert.equal(
    await codeOf(a.kms.send(new CreateKeyCommand({ ...inStore, XksKeyId: "nobody" }))),
    "XksKeyNotFoundException",
  );
  const { KeyMetadata } = await a.kms.send(new CreateKeyCommand({ ...inStore, XksKeyId: EXTERNAL_KEY }));
  KeyId = KeyMetadata?.Arn ?? "";
  assert.equal(KeyMetadata?.XksKeyConfiguration?.Id, EXTERNAL_KEY);
  assert.equal(
    await codeOf(a.kms.send(new CreateKeyCommand({ ...inStore, XksKeyId: EXTERNAL_KEY }))),
    "XksKeyAlreadyInUseException",
  );
});

test("K7: it encrypts, decrypts, re-encrypts and makes data keys through the proxy", async () => {
  const blob = await encrypt();
  assert.deepEqual(await decrypt(blob), Plaintext);
  const made = await a.kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext }));
  assert.deepEqual(await decrypt(made.CiphertextBlob ?? new Uint8Array()), Buffer.from(made.Plaintext ?? []));
  const blind = await a.kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64, EncryptionContext }),
  );
  assert.equal((await decrypt(blind.CiphertextBlob ?? new Uint8Array())).length, 64);
  const { KeyMetadata } = await a.kms.send(new CreateKeyCommand({}));
  const moved = await a.kms.send(
    new ReEncryptCommand({
      CiphertextBlob: blob,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: KeyMetadata?.Arn ?? "",
      DestinationEncryptionContext: EncryptionContext,
    }),
  );
  assert.deepEqual(await decrypt(moved.CiphertextBlob ?? new Uint8Array()), Plaintext);
  const otherContext = new DecryptCommand({ CiphertextBlob: blob, EncryptionContext: { department: "sales" } });
  assert.equal(await codeOf(a.kms.send(otherContext)), "KMSInvalidStateException");
});

test("K7: the largest plaintext and the largest context fit", async () => {
  const largest = Buffer.alloc(4096, 1);
  const context = { a: "x".repeat(8192 - 4 - 4 - 1 - 4) };
  const { CiphertextBlob } = await a.kms.send(
    new EncryptCommand({ KeyId, Plaintext: largest, EncryptionContext: context }),
  );
  const opened = await a.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: context }));
  assert.deepEqual(Buffer.from(opened.Plaintext ?? []), largest);
});

test("K7: an object of S3 lies under the external key", async () => {
  await a.s3.send(new CreateBucketCommand({ Bucket: "external" }));
  const put = {
    Bucket: "external",
    Key: "o",
    Body: "object",
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: KeyId,
  } as const;
  await a.s3.send(new PutObjectCommand(put));
  const { Body } = await a.s3.send(new GetObjectCommand({ Bucket: "external", Key: "o" }));
  assert.equal(await Body?.transformToString(), "object");
});

test("K7: both trails tell of the use, and the proxy's says who asked", async () => {
  const find = async (clients: Clients, key: "EventSource" | "EventName", value: string) => {
    const { Events } = await clients.cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: key, AttributeValue: value }], MaxResults: 50 }),
    );
    return (Events ?? []).map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? "{}"));
  };
  const atProxy = (await find(b, "EventSource", "kms-xks-proxy.amazonaws.com")).filter(
    ({ eventName }) => eventName === "Encrypt",
  );
  const [last] = atProxy;
  assert.equal(last.resources[0].ARN, externalKey);
  assert.equal(last.requestParameters.externalKeyId, EXTERNAL_KEY);
  assert.equal(last.additionalEventData.requestMetadata.kmsKeyArn, KeyId);
  assert.match(last.userIdentity.arn, /user\/xks-proxy$/);
  const own = (await find(a, "EventName", "Encrypt")).filter(({ errorCode }) => errorCode === undefined);
  const ids = own.map(({ requestID }) => requestID);
  assert.ok(
    atProxy.some(({ additionalEventData }) => ids.includes(additionalEventData.requestMetadata.kmsRequestId)),
    "the two records share the request's id",
  );
  assert.deepEqual(own[0].additionalEventData, { customKeyStoreId: storeId, xksKeyId: EXTERNAL_KEY });
});

test("K7: rotation of the external key changes nothing for its user", async () => {
  const before = await encrypt();
  await b.kms.send(new EnableKeyRotationCommand({ KeyId: externalKey }));
  await b.kms.send(new RotateKeyOnDemandCommand({ KeyId: externalKey }));
  assert.deepEqual(await decrypt(before), Plaintext);
  assert.deepEqual(await decrypt(await encrypt()), Plaintext);
});

test("K7: the external key's owner closes and opens it, and the KMS key stays enabled", async () => {
  const blob = await encrypt();
  await b.kms.send(new DisableKeyCommand({ KeyId: externalKey }));
  const refused = await errorOf(decrypt(blob));
  assert.equal(refused?.name, "KMSInvalidStateException");
  assert.match(refused?.message ?? "", /not enabled/);
  assert.equal(
    await codeOf(a.s3.send(new GetObjectCommand({ Bucket: "external", Key: "o" }))),
    "KMS.KMSInvalidStateException",
  );
  const { KeyMetadata } = await a.kms.send(new DescribeKeyCommand({ KeyId }));
  assert.equal(KeyMetadata?.KeyState, "Enabled");
  await b.kms.send(new EnableKeyCommand({ KeyId: externalKey }));
  assert.deepEqual(await decrypt(blob), Plaintext);
  await b.iam.send(new DeleteUserPolicyCommand({ UserName: USER, PolicyName: "xks" }));
  assert.match((await errorOf(decrypt(blob)))?.message ?? "", /denied access/);
  await allowProxy();
  assert.deepEqual(await decrypt(blob), Plaintext);
});

test("K7: principals whom the proxy does not serve are refused", async () => {
  const blob = await encrypt();
  const key = ["--external-key-id", EXTERNAL_KEY, "--key-id", externalKey];
  await xksProxy("add-key", ...key, "--allow", "arn:aws:iam::*:user/nobody");
  assert.match((await errorOf(decrypt(blob)))?.message ?? "", /denied access/);
  await xksProxy("add-key", ...key, "--allow", "arn:aws:iam::*:user/nobody,arn:aws:iam::*:root");
  assert.deepEqual(await decrypt(blob), Plaintext);
});

test("K7: credentials are rotated without a moment in which none is good", async () => {
  const blob = await encrypt();
  const { XksProxyAuthenticationCredential: old } = await credentials();
  const next: ConsoleCredential = JSON.parse(await xksProxy("rotate"));
  assert.deepEqual(await decrypt(blob), Plaintext);
  const change = { XksProxyAuthenticationCredential: next.XksProxyAuthenticationCredential };
  await a.kms.send(new UpdateCustomKeyStoreCommand({ CustomKeyStoreId: storeId, ...change }));
  assert.equal(await stateOf(storeId), "CONNECTED");
  await xksProxy("retire", "--access-key-id", old.AccessKeyId);
  for (let uses = 0; uses < 8; uses++) assert.deepEqual(await decrypt(blob), Plaintext);
});

test("K7: a disconnected store takes its keys out of use, on every worker at once", async () => {
  const blob = await encrypt();
  await a.kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId: storeId }));
  for (let uses = 0; uses < 8; uses++) {
    const refused = await errorOf(decrypt(blob));
    assert.equal(refused?.name, "KMSInvalidStateException");
    assert.match(refused?.message ?? "", /is unavailable\.$/);
  }
  // Promise I4: at the next call, also for what S3 holds.
  for (let uses = 0; uses < 4; uses++) {
    const get = new GetObjectCommand({ Bucket: "external", Key: "o" });
    assert.equal(await codeOf(a.s3.send(get)), "KMS.KMSInvalidStateException");
  }
  assert.equal(await connect(storeId), "CONNECTED");
  for (let uses = 0; uses < 8; uses++) assert.deepEqual(await decrypt(blob), Plaintext);
});

test("K7: a proxy that is gone costs a moment each, then nothing, and is found again", async () => {
  const blob = await encrypt();
  const from = performance.now();
  await serverB.stop();
  assert.ok(performance.now() - from < 10_000, "idle connections keep no server from stopping");
  const messages = new Set<string>();
  for (let uses = 0; uses < 30; uses++) {
    const from = performance.now();
    const refused = await errorOf(decrypt(blob));
    assert.ok(performance.now() - from < 2_000, "within the budget, on a busy machine");
    assert.equal(refused?.name, "KMSInvalidStateException");
    messages.add(refused?.message ?? "");
  }
  assert.ok(
    [...messages].some((message) => /failed repeatedly/.test(message)),
    [...messages].join(),
  );
  serverB = await startB();
  b = clientsOf(serverB);
  await until("the proxy to be asked again", () =>
    decrypt(blob).then(
      (opened) => opened.equals(Plaintext),
      () => false,
    ),
  );
});

test("K7: who cannot sign gets nothing from the proxy, and only POST is understood", async () => {
  const ca = readFileSync(join(dataB, "tls", "ca.pem"), "utf8");
  const ask = async (method: string, path: string, body = "") => {
    const sent = request({ host: "localhost", port: proxyPort, ca, method, path, agent: false });
    sent.end(body);
    const [response] = await once(sent, "response");
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece);
    return { status: response.statusCode, body: JSON.parse(Buffer.concat(pieces).toString()) };
  };
  assert.equal((await ask("GET", "/kms/xks/v1/health")).status, 405);
  assert.equal((await ask("POST", "/kms/xks/v1/health", "{}")).body.errorName, "AuthenticationFailedException");
  assert.equal((await ask("POST", "/kms/xks/v2/health", "{}")).status, 404);
  assert.equal((await ask("POST", "/kms/xks/v1/health", "x".repeat(70_000))).status, 400);
});
