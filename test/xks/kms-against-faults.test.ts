import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CreateCustomKeyStoreCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ListKeysCommand,
  ReEncryptCommand,
} from "@aws-sdk/client-kms";
import { codeOf, errorOf } from "../harness/people.js";
import {
  connectStore,
  createExternalKey,
  createStore,
  externalKeyInput,
  type Stage,
  startStage,
  storeInput,
} from "./external-store.js";
import {
  ANY,
  bytesOf,
  changing,
  DECRYPT,
  ENCRYPT,
  ENCRYPT_LENGTHS,
  ERRORS,
  HALF_A_FLEET,
  HEALTHS,
  METADATA,
  onTheWay,
  PROXY_WORDS,
  refusing,
  SOME,
} from "./faults.js";
import { integrityValue } from "./parts.js";
import { someCredential } from "./stub-kms.js";
import type { Fault, StubStore } from "./stub-proxy.js";

// Whatever a proxy does wrong, the caller reads an error, and the next right answer is taken again.

let stage: Stage;
let keyId: string;
let blob: Uint8Array;
const PLAINTEXT = "what was encrypted before anything went wrong";
/** A proxy has 250 ms. The rest is for a busy machine; the late answers come after this. */
const ANSWERED_WITHIN_MS = 1900;

before(async () => {
  stage = await startStage(["one", "two"]);
  keyId = await createExternalKey(stage.root.kms, stage.storeId, "one");
  const made = await encrypt();
  blob = made.CiphertextBlob ?? new Uint8Array();
});
after(() => stage.close());

const encrypt = (text = PLAINTEXT) =>
  stage.root.kms.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from(text) }));

const decrypt = (CiphertextBlob: Uint8Array | undefined = blob) =>
  stage.root.kms.send(new DecryptCommand({ CiphertextBlob }));

const textOf = async (CiphertextBlob: Uint8Array | undefined): Promise<string> =>
  Buffer.from((await decrypt(CiphertextBlob)).Plaintext ?? []).toString();

/** The error that the call ends with while the proxy does this; afterwards the same call works. */
async function errorUnder(api: string, what: string, fault: Fault, call: () => Promise<unknown>): Promise<Error> {
  stage.proxy.setFault(api, fault);
  const begun = performance.now();
  const before = stage.proxy.requests.length;
  const error = await errorOf(call()).finally(() => stage.proxy.setFault(api, undefined));
  const asked = stage.proxy.requests.slice(before).map((request) => request.api);
  assert.ok(error, `${what}: the call must fail`);
  assert.ok(performance.now() - begun < ANSWERED_WITHIN_MS, `${what}: nobody waits for long`);
  assert.deepEqual([...new Set(asked)], [api], `${what}: the proxy was asked`);
  await call();
  return error;
}

async function assertStateError(api: string, what: string, fault: Fault, call: () => Promise<unknown>): Promise<Error> {
  const error = await errorUnder(api, what, fault, call);
  assert.equal(error.name, "KMSInvalidStateException", `${what}: ${error.message}`);
  assert.ok(!error.message.includes(PROXY_WORDS), what);
  return error;
}

test("each error of the API is told to callers in KMS's words, never in the proxy's", async () => {
  for (const [status, errorName, told] of ERRORS) {
    const fault = refusing(status, errorName);
    if (errorName !== "InvalidCiphertextException") {
      assert.match((await assertStateError("encrypt", errorName, fault, () => encrypt())).message, told);
    }
    assert.match((await assertStateError("decrypt", errorName, fault, () => decrypt())).message, told);
  }
});

test("an answer to Encrypt that is none is an error", async () => {
  for (const [what, fault] of Object.entries({ ...ANY, ...ENCRYPT })) {
    await assertStateError("encrypt", what, fault, () => encrypt());
  }
});

test("parts of a wrong length are refused even with a right integrity value", async () => {
  for (const [what, [name, change]] of Object.entries(ENCRYPT_LENGTHS)) {
    const fault = changing((members) => {
      const changed = { ...members, [name]: change(bytesOf(members, name)).toString("base64") };
      return { ...changed, ciphertextDataIntegrityValue: rightValue(changed) };
    });
    await assertStateError("encrypt", what, fault, () => encrypt());
  }
});

/** No encryption context: the additional data is what the server sent last. */
function rightValue(members: Record<string, unknown>): string {
  const aad = stage.proxy.requests.findLast(({ api }) => api === "encrypt")?.body["additionalAuthenticatedData"];
  const parts = {
    aad: aad === undefined ? undefined : Buffer.from(String(aad), "base64"),
    metadata: bytesOf(members, "ciphertextMetadata"),
    iv: bytesOf(members, "initializationVector"),
    ciphertext: bytesOf(members, "ciphertext"),
    tag: bytesOf(members, "authenticationTag"),
  };
  return integrityValue(parts).toString("base64");
}

test("an answer to Decrypt that is none, or not what was encrypted, is an error", async () => {
  for (const [what, fault] of Object.entries({ ...SOME, ...DECRYPT })) {
    await assertStateError("decrypt", what, fault, () => decrypt());
  }
  assert.equal(await textOf(blob), PLAINTEXT);
});

test("answers to each other's Decrypt are an error, never the other's plaintext", async () => {
  const other = (await encrypt(PLAINTEXT.toUpperCase())).CiphertextBlob;
  const answers: object[] = [];
  stage.proxy.setFault("decrypt", (honest) => {
    answers.push(honest.body);
    return honest;
  });
  assert.equal(await textOf(other), PLAINTEXT.toUpperCase());
  await assertStateError(
    "decrypt",
    "another's plaintext",
    changing(() => ({ ...answers[0] })),
    () => decrypt(),
  );
});

test("answers to each other's Encrypt never make one caller read the other's plaintext", async () => {
  const answers: object[] = [];
  stage.proxy.setFault("encrypt", (honest) => {
    answers.push(honest.body);
    return honest;
  });
  await encrypt(PLAINTEXT.toUpperCase());
  stage.proxy.setFault(
    "encrypt",
    changing(() => ({ ...answers[0] })),
  );
  // Its integrity value is right: only what the blob says of its inside can tell.
  const swapped = await encrypt().finally(() => stage.proxy.setFault("encrypt", undefined));
  assert.equal(await textOf(swapped.CiphertextBlob).catch(() => PLAINTEXT), PLAINTEXT);
});

test("data keys and re-encryption fail alike, and give nothing away", async () => {
  const { kms } = stage.root;
  const fault = ENCRYPT["another integrity value"] ?? assert.fail();
  const calls = {
    GenerateDataKey: () => kms.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256" })),
    GenerateDataKeyWithoutPlaintext: () =>
      kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: keyId, KeySpec: "AES_128" })),
  };
  for (const [what, call] of Object.entries(calls)) await assertStateError("encrypt", what, fault, call);
  const again = () => kms.send(new ReEncryptCommand({ CiphertextBlob: blob, DestinationKeyId: keyId }));
  stage.proxy.setFault("encrypt", fault);
  assert.equal(await codeOf(again()), "KMSInvalidStateException");
  stage.proxy.setFault("encrypt", undefined);
  stage.proxy.setFault("decrypt", DECRYPT["a plaintext with one changed bit"]);
  assert.equal(await codeOf(again()), "KMSInvalidStateException");
  stage.proxy.setFault("decrypt", undefined);
  assert.equal(await textOf((await again()).CiphertextBlob), PLAINTEXT);
});

test("a ciphertext that was changed on the caller's side is not opened", async () => {
  for (let at = 0; at < blob.length; at += 7) {
    const changed = Buffer.from(blob);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const error = await errorOf(decrypt(changed));
    assert.ok(error, `byte ${at}`);
    assert.notEqual(error.name, "KMSInternalException", `byte ${at}: ${error.message}`);
  }
});

test("the external key's state is what counts, with every request", async () => {
  const key = stage.store.keys.get("one") ?? assert.fail();
  key.status = "DISABLED";
  assert.equal(await codeOf(decrypt()), "KMSInvalidStateException");
  key.status = "ENABLED";
  assert.equal(await textOf(blob), PLAINTEXT);
  stage.store.keys.delete("one");
  assert.equal(await codeOf(decrypt()), "KMSInvalidStateException");
  stage.store.keys.set("one", key);
  assert.equal(await textOf(blob), PLAINTEXT);
});

test("no key is made of an external key that cannot be one", async () => {
  const { kms } = stage.root;
  const count = async () => (await kms.send(new ListKeysCommand({}))).Keys?.length;
  const before = await count();
  const call = () => kms.send(new CreateKeyCommand(externalKeyInput(stage.storeId, "two")));
  for (const [what, fault] of Object.entries({ ...SOME, ...METADATA })) {
    stage.proxy.setFault("metadata", fault);
    const error = await errorOf(call());
    assert.ok(error, what);
    assert.match(
      error.name,
      /^(XksKey\w+|CustomKeyStoreInvalidState|KMSInvalidState)Exception$/,
      `${what}: ${error.message}`,
    );
    stage.proxy.setFault("metadata", undefined);
    await stillThere(what);
  }
  assert.equal(
    await codeOf(kms.send(new CreateKeyCommand(externalKeyInput(stage.storeId, "nowhere")))),
    "XksKeyNotFoundException",
  );
  assert.equal(await count(), before);
});

test("each error of the API has its outcome for CreateKey", async () => {
  const outcomes: Record<string, string> = {};
  for (const [status, errorName] of ERRORS) {
    stage.proxy.setFault("metadata", refusing(status, errorName));
    outcomes[errorName] = await codeOf(createExternalKey(stage.root.kms, stage.storeId, "two"));
  }
  stage.proxy.setFault("metadata", undefined);
  // What has a meaning for the key tells it; everything else says that the store is not well.
  assert.deepEqual(outcomes, {
    ...Object.fromEntries(ERRORS.map(([, errorName]) => [errorName, "CustomKeyStoreInvalidStateException"])),
    InvalidStateException: "XksKeyInvalidConfigurationException",
    InvalidKeyUsageException: "XksKeyInvalidConfigurationException",
    KeyNotFoundException: "XksKeyNotFoundException",
  });
});

/** The good key is as good as before. */
async function stillThere(what: string): Promise<void> {
  assert.equal(await textOf(blob), PLAINTEXT, `after ${what}`);
}

test("no store is made on a proxy that is not well", async () => {
  const { kms } = stage.root;
  const store = stage.proxy.addStore("/unwell/kms/xks/v1", someCredential(), []);
  const create = (over: StubStore) => kms.send(new CreateCustomKeyStoreCommand(storeInput("unwell", over)));
  for (const [what, fault] of Object.entries({ ...SOME, ...HEALTHS })) {
    stage.proxy.setFault("health", fault);
    const name = await codeOf(create(store));
    const reached = what.startsWith("closed") ? "XksProxyUriUnreachable" : "XksProxyInvalidResponse";
    assert.equal(name, `${reached}Exception`, what);
    stage.proxy.setFault("health", undefined);
    await stillThere(what);
  }
  const wrong = { ...store, credentials: [someCredential()] };
  assert.equal(await codeOf(create(wrong)), "XksProxyIncorrectAuthenticationCredentialException");
  const elsewhere = { ...store, uriPath: "/elsewhere/kms/xks/v1" };
  assert.equal(await codeOf(create(elsewhere)), "XksProxyInvalidConfigurationException");
  stage.proxy.setFault("health", onTheWay("late"));
  assert.equal(await codeOf(create(store)), "XksProxyUriUnreachableException");
  stage.proxy.setFault("health", undefined);
  await createStore(kms, "unwell", store);
});

test("a fleet has a whole number of members", async () => {
  const store = stage.proxy.addStore("/half/kms/xks/v1", someCredential(), []);
  stage.proxy.setFault("health", HALF_A_FLEET);
  const made = codeOf(createStore(stage.root.kms, "half", store));
  assert.equal(await made.finally(() => stage.proxy.setFault("health", undefined)), "XksProxyInvalidResponseException");
});

test("connecting to a proxy that changed its mind fails, and keys of a store that is not connected do nothing", async () => {
  const { kms } = stage.root;
  const credential = someCredential();
  const store = stage.proxy.addStore("/later/kms/xks/v1", credential, ["three"]);
  const id = await createStore(kms, "later", store);
  assert.equal(await codeOf(createExternalKey(kms, id, "three")), "CustomKeyStoreInvalidStateException");
  store.credentials.splice(0, 1, someCredential());
  const failed = await connectStore(kms, id);
  assert.equal(failed.ConnectionState, "FAILED");
  assert.equal(failed.ConnectionErrorCode, "INVALID_CREDENTIALS");
});
