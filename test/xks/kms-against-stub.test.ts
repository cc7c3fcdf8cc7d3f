import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import {
  DecryptCommand,
  type DecryptCommandOutput,
  EncryptCommand,
  type EncryptCommandInput,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReEncryptCommand,
  UpdateCustomKeyStoreCommand,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { clientsOf } from "../harness/clients.js";
import { newRole, newUser, type Person } from "../harness/people.js";
import {
  authentication,
  connectStore,
  createExternalKey,
  createStore,
  type Stage,
  startStage,
} from "./external-store.js";
import { findBase64 } from "./parts.js";
import { assertRules } from "./request-rules.js";
import { someCredential } from "./stub-kms.js";
import type { Recorded } from "./stub-proxy.js";

// What the server asks of a proxy that was written by somebody else, from the published API alone.

let stage: Stage;
let alice: Person;
/** KMS keys over the external keys of the same names. */
const arns = { one: "", two: "", plain: "", wide: "" };

before(async () => {
  stage = await startStage(["one", "two", "plain", "wide", "Dots.and_dashes-3"]);
  for (const name of ["one", "two", "plain", "wide"] as const) {
    arns[name] = await createExternalKey(stage.root.kms, stage.storeId, name);
  }
  const { keys } = stage.store;
  Object.assign(keys.get("plain") ?? {}, { metadata: undefined });
  Object.assign(keys.get("wide") ?? {}, { metadata: randomBytes(20), ivBytes: 16 });
  alice = await newUser(stage.server, stage.root, "alice", { Action: ["kms:*", "s3:*"] });
});
after(() => stage.close());

const during = (run: () => Promise<unknown>): Promise<Recorded[]> => stage.proxy.during(run);
const encrypt = (input: EncryptCommandInput) => alice.clients.kms.send(new EncryptCommand(input));

async function decrypt(blob: Uint8Array | undefined, EncryptionContext?: Record<string, string>) {
  const input = { CiphertextBlob: blob, ...(EncryptionContext === undefined ? {} : { EncryptionContext }) };
  return alice.clients.kms.send(new DecryptCommand(input));
}

const textOf = ({ Plaintext }: DecryptCommandOutput) => Buffer.from(Plaintext ?? []).toString();
const asked = (requests: readonly Recorded[]) =>
  requests.map(({ api, externalKeyId, requestMetadata }) => [
    api,
    externalKeyId,
    requestMetadata["kmsOperation"],
    requestMetadata["kmsKeyArn"],
  ]);

test("creating, connecting and updating a store ask for its health, each under its own name", async () => {
  const { kms } = stage.root;
  const store = stage.proxy.addStore("/second/kms/xks/v1", someCredential(), []);
  const requests = await during(async () => {
    const id = await createStore(kms, "second", store);
    await connectStore(kms, id);
    const credential = someCredential();
    store.credentials.push(credential);
    await kms.send(
      new UpdateCustomKeyStoreCommand({
        CustomKeyStoreId: id,
        XksProxyAuthenticationCredential: authentication(credential),
      }),
    );
  });
  assert.deepEqual(
    requests.map(({ path, requestMetadata }) => [path, requestMetadata["kmsOperation"]]),
    ["CreateCustomKeyStore", "ConnectCustomKeyStore", "UpdateCustomKeyStore"].map((name) => [
      "/second/kms/xks/v1/health",
      name,
    ]),
  );
});

test("CreateKey asks for the external key's metadata, once, in the caller's name", async () => {
  let requestId: string | undefined;
  const [request, ...more] = await during(async () => {
    const { CreateKeyCommand } = await import("@aws-sdk/client-kms");
    const input = {
      Origin: "EXTERNAL_KEY_STORE",
      CustomKeyStoreId: stage.storeId,
      XksKeyId: "Dots.and_dashes-3",
    } as const;
    requestId = (await alice.clients.kms.send(new CreateKeyCommand(input))).$metadata.requestId;
  });
  assert.deepEqual(more, []);
  assert.equal(request?.path, "/main/kms/xks/v1/keys/Dots.and_dashes-3/metadata");
  assert.equal(request?.requestMetadata["kmsOperation"], "CreateKey");
  assert.equal(request?.requestMetadata["awsPrincipalArn"], alice.arn);
  assert.equal(request?.requestMetadata["kmsRequestId"], requestId);
});

test("a key that is not made yet has no ARN to tell", () => {
  const created = stage.proxy.requests.filter(({ requestMetadata }) => requestMetadata["kmsOperation"] === "CreateKey");
  assert.ok(created.length >= 5);
  for (const { requestMetadata } of created) assert.equal(requestMetadata["kmsKeyArn"], undefined);
});

test("each operation asks for what it needs, in its own name", async () => {
  const { kms } = alice.clients;
  const made = await encrypt({ KeyId: arns.one, Plaintext: Buffer.from("x") });
  const CiphertextBlob = made.CiphertextBlob;
  const cases: [string, () => Promise<unknown>, unknown[]][] = [
    ["Encrypt", () => encrypt({ KeyId: arns.one, Plaintext: Buffer.from("x") }), [["encrypt", "one"]]],
    ["Decrypt", () => decrypt(CiphertextBlob), [["decrypt", "one"]]],
    [
      "GenerateDataKey",
      () => kms.send(new GenerateDataKeyCommand({ KeyId: arns.two, KeySpec: "AES_256" })),
      [["encrypt", "two"]],
    ],
    [
      "GenerateDataKeyWithoutPlaintext",
      () => kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: arns.two, NumberOfBytes: 1024 })),
      [["encrypt", "two"]],
    ],
    [
      "ReEncrypt",
      () => kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: arns.two })),
      [
        ["decrypt", "one"],
        ["encrypt", "two"],
      ],
    ],
  ];
  for (const [operation, run, expected] of cases) {
    const arnOf = (name: string) => (name === "one" ? arns.one : arns.two);
    const wanted = (expected as [string, string][]).map(([api, key]) => [api, key, operation, arnOf(key)]);
    assert.deepEqual(asked(await during(run)), wanted);
  }
});

test("the request id is the one that the caller reads", async () => {
  let id: string | undefined;
  const [request] = await during(async () => {
    id = (await encrypt({ KeyId: arns.one, Plaintext: Buffer.from("x") })).$metadata.requestId;
  });
  assert.ok(id);
  assert.equal(request?.requestMetadata["kmsRequestId"], id);
});

test("the principal is whoever called: the root user, a user, a role's session", async () => {
  const account = arns.one.split(":")[4] ?? "";
  const role = await newRole(stage.server, stage.root, account, "worker", { Action: "kms:*" });
  const callers = [stage.root, alice.clients, role.clients];
  for (const clients of callers) {
    const { Arn } = await clients.sts.send(new GetCallerIdentityCommand({}));
    const [request] = await during(() =>
      clients.kms.send(new EncryptCommand({ KeyId: arns.one, Plaintext: Buffer.from("x") })),
    );
    assert.equal(request?.requestMetadata["awsPrincipalArn"], Arn);
    assert.equal(request?.requestMetadata["kmsViaService"], undefined);
  }
});

test("a service that uses the key for somebody is named", async () => {
  const { s3 } = alice.clients;
  await s3.send(new CreateBucketCommand({ Bucket: "via" }));
  const object = { Bucket: "via", Key: "k" };
  const sealed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: arns.one } as const;
  const put = await during(() => s3.send(new PutObjectCommand({ ...object, ...sealed, Body: "in the bucket" })));
  const got = await during(async () => {
    const { Body } = await s3.send(new GetObjectCommand(object));
    assert.equal(await Body?.transformToString(), "in the bucket");
  });
  assert.deepEqual(asked(put), [["encrypt", "one", "GenerateDataKey", arns.one]]);
  assert.deepEqual(asked(got), [["decrypt", "one", "Decrypt", arns.one]]);
  for (const { requestMetadata } of [...put, ...got]) {
    assert.match(String(requestMetadata["kmsViaService"]), /^s3(\.us-east-1\.amazonaws\.com)?$/);
    assert.equal(requestMetadata["awsPrincipalArn"], alice.arn);
  }
});

test("what the proxy gave comes back to it byte for byte, with metadata or without", async () => {
  for (const name of ["one", "plain", "wide"] as const) {
    const plaintext = `for ${name}`;
    let given: Record<string, unknown> = {};
    stage.proxy.setFault("encrypt", (honest) => {
      given = { ...honest.body };
      return honest;
    });
    const { CiphertextBlob } = await encrypt({ KeyId: arns[name], Plaintext: Buffer.from(plaintext) });
    stage.proxy.setFault("encrypt", undefined);
    const [request] = await during(async () => assert.equal(textOf(await decrypt(CiphertextBlob)), plaintext));
    for (const member of ["ciphertext", "initializationVector", "authenticationTag", "ciphertextMetadata"]) {
      assert.equal(request?.body[member], given[member], `${member} of ${name}`);
    }
    assert.equal("ciphertextMetadata" in (request?.body ?? {}), name !== "plain");
  }
});

test("4096 bytes, the most that a caller may encrypt, stay below what a proxy must take", async () => {
  const plaintext = randomBytes(4096);
  const { CiphertextBlob } = await encrypt({ KeyId: arns.one, Plaintext: plaintext });
  const [request] = await during(async () => {
    const { Plaintext } = await decrypt(CiphertextBlob);
    assert.deepEqual(Buffer.from(Plaintext ?? []), plaintext);
  });
  assert.ok((findBase64(request?.body["ciphertext"])?.length ?? 9999) <= 4300);
});

test("the proxy sees nothing of what callers encrypt or of their data keys", async () => {
  const secret = randomBytes(32);
  const { kms } = alice.clients;
  const seen: Buffer[] = [secret];
  const requests = await during(async () => {
    const { CiphertextBlob } = await encrypt({ KeyId: arns.one, Plaintext: secret });
    await decrypt(CiphertextBlob);
    await kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: arns.two }));
    const dataKey = await kms.send(new GenerateDataKeyCommand({ KeyId: arns.one, KeySpec: "AES_256" }));
    await decrypt(dataKey.CiphertextBlob);
    seen.push(Buffer.from(dataKey.Plaintext ?? []));
  });
  assert.equal(requests.length, 6);
  for (const request of requests) {
    // What the proxy can open counts as seen: the plaintext that it decrypts is the next encryption's `plaintext`.
    const opened = [request.text, ...Object.values(request.body).map((value) => findBase64(value) ?? "")];
    for (const bytes of seen) {
      assert.equal(bytes.length, 32);
      for (const text of opened) assert.ok(!Buffer.from(text).includes(bytes), request.path);
      assert.ok(!request.text.includes(bytes.toString("base64")), request.path);
      assert.ok(!request.text.includes(bytes.toString("hex")), request.path);
    }
  }
});

test("equal plaintexts look different to the proxy each time", async () => {
  const run = () => encrypt({ KeyId: arns.one, Plaintext: Buffer.from("the same") });
  const requests = [...(await during(run)), ...(await during(run))];
  assert.equal(new Set(requests.map(({ body }) => body["plaintext"])).size, 2);
});

test("an encryption context is bound: the same one in any order, and no other", async () => {
  const context = { b: "2", a: "1" };
  const { CiphertextBlob } = await encrypt({
    KeyId: arns.one,
    Plaintext: Buffer.from("bound"),
    EncryptionContext: context,
  });
  assert.equal(textOf(await decrypt(CiphertextBlob, { a: "1", b: "2" })), "bound");
  const others: (Record<string, string> | undefined)[] = [
    undefined,
    { a: "1" },
    { a: "1", b: "3" },
    { a: "12", b: "" },
  ];
  for (const wrong of others) {
    await assert.rejects(decrypt(CiphertextBlob, wrong));
  }
});

test("whatever encryption context is taken stays below what a proxy must take", async () => {
  const many = [100, 500, 600, 630, 700, 800].map((count) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"])),
  );
  const long = [8000, 8150, 8170, 8180, 8192].map((bytes) => ({ one: "v".repeat(bytes) }));
  let taken = 0;
  for (const context of [...many, ...long]) {
    const input = { KeyId: arns.one, Plaintext: Buffer.from("bound"), EncryptionContext: context };
    const requests = await during(async () => {
      const made = await encrypt(input).catch((error: Error) => assert.match(error.name, /^ValidationException$/));
      if (made === undefined) return;
      assert.equal(textOf(await decrypt(made.CiphertextBlob, context)), "bound");
      taken++;
    });
    requests.forEach(assertRules);
  }
  assert.ok(taken >= 3, `${taken} were taken`);
});

test("after its credential was exchanged the store signs with the new one", async () => {
  const credential = someCredential();
  const old = stage.store.credentials[0]?.accessKeyId;
  const keyIdOf = async () => {
    const [request] = await during(() => encrypt({ KeyId: arns.one, Plaintext: Buffer.from("x") }));
    return request?.authorization?.accessKeyId;
  };
  assert.equal(await keyIdOf(), old);
  stage.store.credentials.push(credential);
  await stage.root.kms.send(
    new UpdateCustomKeyStoreCommand({
      CustomKeyStoreId: stage.storeId,
      XksProxyAuthenticationCredential: authentication(credential),
    }),
  );
  assert.equal(await keyIdOf(), credential.accessKeyId);
});

test("a store of another Region is asked with that Region's signature", async () => {
  const { kms } = clientsOf(stage.server, { region: "eu-west-1" });
  const store = stage.proxy.addStore("/ireland/kms/xks/v1", someCredential(), ["one"]);
  const requests = await during(async () => {
    const id = await createStore(kms, "ireland", store);
    assert.equal((await connectStore(kms, id)).ConnectionState, "CONNECTED");
    const keyId = await createExternalKey(kms, id, "one");
    await kms.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from("x") }));
  });
  assert.deepEqual(
    requests.map(({ api, authorization }) => [api, authorization?.region]),
    ["health", "health", "metadata", "encrypt"].map((api) => [api, "eu-west-1"]),
  );
  const elsewhere = stage.proxy.requests.filter(({ path }) => !path.startsWith("/ireland/"));
  assert.deepEqual([...new Set(elsewhere.map(({ authorization }) => authorization?.region))], ["us-east-1"]);
});

test("every request of this file kept the rules of the API", () => {
  const { requests } = stage.proxy;
  assert.ok(requests.length > 40, `${requests.length} requests`);
  for (const request of requests) assertRules(request);
});
