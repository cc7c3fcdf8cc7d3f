import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CreateCustomKeyStoreCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteCustomKeyStoreCommand,
  DescribeCustomKeyStoresCommand,
  DisconnectCustomKeyStoreCommand,
  EncryptCommand,
  GenerateRandomCommand,
  ScheduleKeyDeletionCommand,
  UpdateCustomKeyStoreCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Clients, clientsOf } from "../harness/clients.js";
import {
  agentsOf,
  CLUSTER,
  clusterFlags,
  connectStore,
  folderHolds,
  newHsmStore,
  newSoftHsm,
  type SoftHsm,
  shownBy,
  TRUST_ANCHOR,
  withoutSoftHsm,
} from "../harness/hsm.js";
import { codeOf } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";

const skip = withoutSoftHsm;
const folder = newFolder("hsm");
let hsm: SoftHsm;
let server: Server;
let root: Clients;

const start = async (more: readonly string[] = [], clockOffsetMs = 0) => {
  const flags = [...clusterFlags(folder, hsm), ...more];
  server = await startServer({ dataFolder: `${folder}/data`, flags, environment: hsm.environment });
  root = clientsOf(server, { clockOffsetMs });
};
before(async () => {
  if (skip) return;
  hsm = newSoftHsm();
  await start();
});
after(async () => {
  await server?.stop();
  hsm?.remove();
  removeFolder(folder);
});

async function newKeyIn(CustomKeyStoreId: string): Promise<string> {
  const made = await root.kms.send(new CreateKeyCommand({ Origin: "AWS_CLOUDHSM", CustomKeyStoreId }));
  return made.KeyMetadata?.Arn ?? "";
}
const encrypt = (KeyId: string) => root.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("text") }));

/** The same until it does not throw. */
async function eventually<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 100; ; tries--) {
    try {
      return await call();
    } catch (thrown) {
      if (tries === 0) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

test("clusters that are not there, and certificates that are not theirs, make no key store", { skip }, async () => {
  const asked = {
    CustomKeyStoreName: "no",
    CloudHsmClusterId: CLUSTER,
    TrustAnchorCertificate: TRUST_ANCHOR,
    KeyStorePassword: hsm.pin,
  };
  const refusal = (change: object) => codeOf(root.kms.send(new CreateCustomKeyStoreCommand({ ...asked, ...change })));
  assert.equal(await refusal({ CloudHsmClusterId: "cluster-3abcdefghijk" }), "CloudHsmClusterNotFoundException");
  assert.equal(
    await refusal({ TrustAnchorCertificate: TRUST_ANCHOR.replace("MIIB", "MIIC") }),
    "IncorrectTrustAnchorException",
  );
});

test("a wrong password fails the connection by its code, and the right one mends it", { skip }, async () => {
  const CustomKeyStoreId = await newHsmStore(root, "not-the-pin-at-all");
  assert.equal(await connectStore(root, CustomKeyStoreId), "INVALID_CREDENTIALS");
  assert.equal(await codeOf(newKeyIn(CustomKeyStoreId)), "CustomKeyStoreInvalidStateException");
  assert.equal(await codeOf(newHsmStore(root, hsm.pin, "second")), "CloudHsmClusterInUseException");
  await root.kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  const moved = { CustomKeyStoreId, CloudHsmClusterId: "cluster-3abcdefghijk" };
  assert.equal(await codeOf(root.kms.send(new UpdateCustomKeyStoreCommand(moved))), "CloudHsmClusterNotFoundException");
  await root.kms.send(new UpdateCustomKeyStoreCommand({ CustomKeyStoreId, KeyStorePassword: hsm.pin }));
  assert.equal(await connectStore(root, CustomKeyStoreId), "CONNECTED");
  const random = new GenerateRandomCommand({ CustomKeyStoreId, NumberOfBytes: 8 });
  assert.equal((await root.kms.send(random)).Plaintext?.length, 8);
  await root.kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  assert.equal(await codeOf(root.kms.send(random)), "CustomKeyStoreInvalidStateException");
  await root.kms.send(new DeleteCustomKeyStoreCommand({ CustomKeyStoreId }));
});

test("while the token is away its keys fail with an invalid state, S3 says so, and all comes back by itself", {
  skip,
}, async () => {
  const store = await newHsmStore(root, hsm.pin);
  assert.equal(await connectStore(root, store), "CONNECTED");
  const key = await newKeyIn(store);
  const { CiphertextBlob } = await encrypt(key);
  const at = { Bucket: "pulled", Key: "note" };
  await root.s3.send(new CreateBucketCommand({ Bucket: "pulled" }));
  const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: key } as const;
  await root.s3.send(new PutObjectCommand({ ...at, Body: "kept", ...sealed }));

  const [agent = assert.fail("no agent runs")] = agentsOf(server);
  hsm.pull();
  process.kill(agent, "SIGKILL");
  try {
    for (let i = 0; i < 3; i++) {
      assert.equal(await codeOf(encrypt(key)), "KMSInvalidStateException");
      assert.equal(await codeOf(root.kms.send(new DecryptCommand({ CiphertextBlob }))), "KMSInvalidStateException");
    }
    assert.match(await codeOf(root.s3.send(new GetObjectCommand(at))), /^KMS\.KMSInvalidStateException$/);
    assert.match(await codeOf(root.s3.send(new PutObjectCommand({ ...at, Body: "x", ...sealed }))), /^KMS\./);
    assert.equal(await codeOf(newKeyIn(store)), "CustomKeyStoreInvalidStateException");
  } finally {
    hsm.putBack();
  }
  const opened = await eventually(() => root.kms.send(new DecryptCommand({ CiphertextBlob })));
  assert.equal(Buffer.from(opened.Plaintext ?? []).toString(), "text");
  assert.equal(await (await root.s3.send(new GetObjectCommand(at))).Body?.transformToString(), "kept");

  // The token goes and comes while its agent lives on.
  hsm.pull();
  try {
    assert.equal(await codeOf(encrypt(key)), "KMSInvalidStateException");
  } finally {
    hsm.putBack();
  }
  await eventually(() => encrypt(key));
});

test("an agent killed under load loses what was under way and nothing else", { skip }, async () => {
  const [store = ""] = (await listStores()).map(({ CustomKeyStoreId }) => CustomKeyStoreId ?? "");
  const key = await newKeyIn(store);
  const texts = Array.from({ length: 120 }, (_, index) => `text ${index}`);
  const calls = texts.map(async (text, index) => {
    if (index === 40) for (const agent of agentsOf(server)) process.kill(agent, "SIGKILL");
    try {
      const made = await root.kms.send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.from(text) }));
      return { text, blob: made.CiphertextBlob };
    } catch (thrown) {
      assert.equal((thrown as Error).name, "KMSInvalidStateException"); // what the client throws
      return undefined;
    }
  });
  const made = (await Promise.all(calls)).filter((each) => each !== undefined);
  await eventually(() => encrypt(key));
  for (const { text, blob } of made) {
    const opened = await root.kms.send(new DecryptCommand({ CiphertextBlob: blob }));
    assert.equal(Buffer.from(opened.Plaintext ?? []).toString(), text);
  }
});

test("the PIN is nowhere: not in arguments, environments, output or the data folder", { skip }, () => {
  const shown = shownBy(server);
  assert.match(shown, /token-agent/);
  assert.ok(!shown.includes(hsm.pin));
  assert.ok(!server.output().includes(hsm.pin));
  assert.ok(!folderHolds(`${folder}/data`, hsm.pin));
});

test("what was encrypted before a restart opens after it, and deletion takes the key out of the token", {
  skip,
}, async () => {
  const [store] = (await listStores()).map(({ CustomKeyStoreId }) => CustomKeyStoreId ?? "");
  const key = await newKeyIn(store ?? "");
  const { CiphertextBlob } = await encrypt(key);
  await server.kill();
  await start();
  const opened = await root.kms.send(new DecryptCommand({ CiphertextBlob }));
  assert.equal(opened.KeyId, key);
  await root.kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }));
  assert.ok(hsm.list().includes(key));
  await server.stop();
  const eightDays = 8 * 24 * 3600;
  await start(["--clock-offset", String(eightDays)], eightDays * 1000);
  await eventually(async () => assert.ok(!hsm.list().includes(key)));
  assert.equal(await codeOf(encrypt(key)), "NotFoundException");
});

async function listStores() {
  return (await root.kms.send(new DescribeCustomKeyStoresCommand({}))).CustomKeyStores ?? [];
}
