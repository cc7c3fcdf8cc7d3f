import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
} from "@aws-sdk/client-kms";
import { clientsOf, runProgram } from "../harness/clients.js";
import { folderHolds, newSoftHsm, type SoftHsm, shownBy, withoutSoftHsm } from "../harness/hsm.js";
import { codeOf, newUser } from "../harness/people.js";
import { newFolder, removeFolder, type Server, startServer } from "../harness/server.js";
import { readTrail } from "../harness/trail.js";

// The root of trust in a token, and under the KMS of a second server, on running servers.

const skip = withoutSoftHsm;
const folder = newFolder("roots");
const pinFile = `${folder}/pin`;
let hsm: SoftHsm;

before(() => {
  if (skip) return;
  hsm = newSoftHsm();
  writeFileSync(pinFile, `${hsm.pin}\n`, { mode: 0o600 });
});
after(() => {
  hsm?.remove();
  removeFolder(folder);
});

/** `strongroom …` with the token within reach. */
async function strongroom(args: readonly string[], options: { input?: string; environment?: object } = {}) {
  const environment = { ...(skip ? {} : hsm.environment), ...options.environment };
  const program = [`${process.cwd()}/bin/strongroom.cjs`, ...args];
  return runProgram(process.execPath, program, { environment, input: options.input ?? "" });
}

async function runs(args: readonly string[], options: { input?: string; environment?: object } = {}): Promise<string> {
  const done = await strongroom(args, options);
  assert.equal(done.code, 0, done.stderr);
  return done.stdout;
}

const tokenFlags = () => ["--module", hsm.place.module, "--token", hsm.place.token];
const providerOf = (data: string) => JSON.parse(readFileSync(`${data}/root.json`, "utf8")).provider;

async function eventually(check: () => Promise<void> | void): Promise<void> {
  for (let tries = 150; ; tries--) {
    try {
      return await check();
    } catch (thrown) {
      if (tries === 0) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const isOpen = async (server: Server) => {
  const answer = await fetch(`${server.endpoint}/_strongroom/health`);
  assert.equal(((await answer.json()) as { status: string }).status, "open"); // what the page says
};

test("a root in a token opens by a PIN from a file, a variable or a person, and by no other", { skip }, async () => {
  const data = `${folder}/token`;
  await runs(["init", "--data", data, "--root", "pkcs11", ...tokenFlags(), "--root-pin-file", pinFile]);
  const { key, kind } = providerOf(data);
  assert.equal(kind, "pkcs11");
  const object = hsm
    .list()
    .split("Secret Key Object")
    .find((each) => each.includes(key));
  assert.match(object ?? "", /Access:\s+sensitive, always sensitive, never extractable, local/);

  const environment = hsm.environment;
  const byFile = await startServer({ dataFolder: data, flags: ["--root-pin-file", pinFile], environment });
  const KeyId = (await clientsOf(byFile).kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
  await byFile.stop();

  const byName = await startServer({
    dataFolder: data,
    flags: ["--root-pin-env", "TOKEN_PIN"],
    environment: { ...environment, TOKEN_PIN: hsm.pin },
  });
  await clientsOf(byName).kms.send(new DescribeKeyCommand({ KeyId }));
  const workers = byName.workers().map((pid) => readFileSync(`/proc/${pid}/environ`, "utf8"));
  assert.ok(workers.length > 0 && workers.every((shown) => !shown.includes(hsm.pin)));
  await byName.stop();

  const sealed = await startServer({ dataFolder: data, environment, sealed: true });
  const wrong = await strongroom(["unseal", "--data", data, "--port", String(sealed.port)], { input: "wrong\n" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /does not take the PIN/);
  const said = await runs(["unseal", "--data", data, "--port", String(sealed.port)], { input: `${hsm.pin}\n` });
  assert.match(said, /open/);
  await isOpen(sealed);
  assert.ok(!shownBy(sealed).includes(hsm.pin) && !sealed.output().includes(hsm.pin));
  await sealed.stop();
  assert.ok(!folderHolds(data, hsm.pin));
});

test("while the token is away the server waits, sealed, and opens by itself when it is back", { skip }, async () => {
  const data = `${folder}/waiting`;
  await runs(["init", "--data", data, "--root", "pkcs11", ...tokenFlags(), "--root-pin-file", pinFile]);
  hsm.pull();
  const flags = ["--root-pin-file", pinFile];
  const server = await startServer({ dataFolder: data, flags, environment: hsm.environment, sealed: true });
  try {
    const answer = await fetch(server.endpoint, { method: "POST" });
    assert.equal(answer.status, 503);
    assert.match(server.output(), /does not answer, or is not there/);
  } finally {
    hsm.putBack();
  }
  await eventually(() => isOpen(server));
  assert.equal(await server.stop(), 0);
});

test("a key that is gone from the token, and a damaged root.json, open nothing and say which", { skip }, async () => {
  const data = `${folder}/damaged`;
  await runs(["init", "--data", data, "--root", "pkcs11", ...tokenFlags(), "--root-pin-file", pinFile]);
  const path = `${data}/root.json`;
  const right = readFileSync(path, "utf8");
  writeFileSync(
    path,
    right.replace(/"verification": "(.)/, (_all, first) => `"verification": "${first === "A" ? "B" : "A"}`),
  );
  const up = ["up", "--data", data, "--port", "0", "--root-pin-file", pinFile];
  const damaged = await strongroom(up);
  assert.equal(damaged.code, 1);
  assert.match(damaged.stderr, /root\.json is damaged/);
  writeFileSync(path, right);
  hsm.tool("--delete-object", "--type", "secrkey", "--id", providerOf(data).key);
  const flags = ["--root-pin-file", pinFile];
  const server = await startServer({ dataFolder: data, flags, environment: hsm.environment, sealed: true });
  assert.match(server.output(), /does not have the key of this root/);
  await server.stop();
});

test("the root goes from file to token, to another server's KMS and back, while its server runs", {
  skip,
}, async () => {
  const [data, other] = [`${folder}/moving`, `${folder}/other`];
  const keeper = await startServer({ dataFolder: other, flags: ["--tls"], workers: 1 });
  const ca = `${other}/tls/ca.pem`;
  const server = await startServer({ dataFolder: data, environment: hsm.environment });
  const { kms } = clientsOf(server);
  const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
  const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("kept") }));
  const opens = async (clients: ReturnType<typeof clientsOf>) => {
    const opened = await clients.kms.send(new DecryptCommand({ CiphertextBlob }));
    assert.equal(Buffer.from(opened.Plaintext ?? []).toString(), "kept");
  };
  const rekey = (...args: readonly string[]) => runs(["rekey", "--data", data, ...args]);

  await rekey("--new-root", "pkcs11", ...tokenFlags(), "--new-pin-file", pinFile);
  const { key } = providerOf(data);
  assert.ok(hsm.list().includes(key));
  await opens(clientsOf(server));

  const keeping = clientsOf({ ...keeper, endpoint: keeper.endpoint.replace("https:", "http:") });
  const rootKey = (await keeping.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const kmsFlags = [
    "--kms-endpoint",
    keeper.endpoint,
    "--kms-key",
    rootKey,
    "--new-credentials-file",
    `${other}/credentials`,
  ];
  await rekey("--root-pin-file", pinFile, "--new-root", "kms", ...kmsFlags, "--new-ca", ca);
  assert.ok(!hsm.list().includes(key), "the old key is gone from the token");
  await opens(clientsOf(server));
  await server.stop();

  const flags = ["--root-credentials-file", `${other}/credentials`, "--root-ca", ca];
  const again = await startServer({ dataFolder: data, flags });
  await opens(clientsOf(again));
  const { records } = await readTrail(other);
  const decrypt = records.find(({ eventName }) => eventName === "Decrypt");
  assert.deepEqual(decrypt?.["requestParameters"]?.["encryptionContext"], {
    "strongroom:root-of": providerOf(data).folder,
  });
  await runs(["rekey", "--data", data, "--new-root", "file", ...flags]);
  await opens(clientsOf(again));
  await again.stop();
  const back = await startServer({ dataFolder: data });
  await opens(clientsOf(back));
  await back.stop();
  await keeper.stop();
});

test("without its KMS, or with the key disabled there, a server starts sealed and opens by itself later", async () => {
  const [data, other] = [`${folder}/dependent`, `${folder}/keeper`];
  let keeper = await startServer({ dataFolder: other, workers: 1 });
  const keeping = clientsOf(keeper);
  const rootKey = (await keeping.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  const user = await newUser(keeper, keeping, "root-of-trust", {
    Action: ["kms:GenerateDataKey", "kms:Decrypt"],
    Resource: rootKey,
  });
  const environment = {
    AWS_ACCESS_KEY_ID: user.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.credentials.secretAccessKey,
  };
  const made = ["init", "--data", data, "--root", "kms", "--kms-endpoint", keeper.endpoint, "--kms-key", rootKey];
  const without = await strongroom(made);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /no credentials/);
  await runs(made, { environment });
  assert.ok(!readFileSync(`${data}/root.json`, "utf8").includes(user.credentials.secretAccessKey));

  await keeping.kms.send(new DisableKeyCommand({ KeyId: rootKey }));
  const refused = await startServer({ dataFolder: data, environment, sealed: true });
  assert.match(refused.output(), /DisabledException/);
  await keeping.kms.send(new EnableKeyCommand({ KeyId: rootKey }));
  await runs(["unseal", "--data", data, "--port", String(refused.port)]);
  await isOpen(refused);
  const shown = refused.workers().map((pid) => readFileSync(`/proc/${pid}/environ`, "utf8"));
  assert.ok(shown.length > 0 && shown.every((text) => !text.includes(user.credentials.secretAccessKey)));
  await refused.stop();

  const { port } = keeper;
  await keeper.stop();
  const lonely = await startServer({ dataFolder: data, environment, sealed: true });
  assert.match(lonely.output(), /does not answer/);
  assert.equal(await codeOf(clientsOf(lonely).kms.send(new CreateKeyCommand({}))), "ServiceUnavailable");
  keeper = await startServer({ dataFolder: other, workers: 1, port });
  await eventually(() => isOpen(lonely));
  await lonely.stop();
  await keeper.stop();
  rmSync(other, { recursive: true });
});
