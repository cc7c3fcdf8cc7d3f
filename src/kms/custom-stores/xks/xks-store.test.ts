import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { AwsError } from "../../../base/index.js";
import { sha256 } from "../../../crypto/index.js";
import { StoreConnectionError, StoreFailure } from "../port.js";
import { integrityValue, isIntact } from "./integrity.js";
import { packCiphertext, unpackCiphertext } from "./outer-layer.js";
import { trustOf } from "./proxy-client.js";
import { openScriptedProxy, type ScriptedProxy, USE, XKS_SETTINGS } from "./testing.js";
import { XksStore } from "./xks-store.js";

let proxy: ScriptedProxy;
before(async () => {
  proxy = await openScriptedProxy();
});
after(() => proxy.close());
beforeEach(() => {
  proxy.asked.length = 0;
  proxy.logged.length = 0;
});

const KEY = { id: "external.key-1" };
const AAD = Buffer.from("project=nile,department=marketing");
const PLAINTEXT = Buffer.from("twelve bytes");
const MADE = {
  ciphertext: Buffer.from("ghxkK1txeDNn3q8Y", "base64"),
  initializationVector: Buffer.from("HMrlRw85cAJUd5Ax", "base64"),
  authenticationTag: Buffer.from("vBxN2ncH1oEkR8WVXpmyYQ==", "base64"),
  metadata: Buffer.from("key_version=1"),
};
const MARKED = { ...MADE, mark: sha256(PLAINTEXT).subarray(0, 16) };
const VALUE = "qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=";
const ANSWER = {
  ciphertext: MADE.ciphertext.toString("base64"),
  initializationVector: MADE.initializationVector.toString("base64"),
  authenticationTag: MADE.authenticationTag.toString("base64"),
  ciphertextMetadata: MADE.metadata.toString("base64"),
  ciphertextDataIntegrityValue: VALUE,
};
const HEALTH = {
  xksProxyFleetSize: 2,
  xksProxyVendor: "v",
  xksProxyModel: "m",
  ekmVendor: "e",
  ekmFleetDetails: [
    { id: "1", model: "m", healthStatus: "UNAVAILABLE" },
    { id: "2", model: "m", healthStatus: "DEGRADED" },
  ],
};

const fresh = () => proxy.fresh();
const encrypt = (store = fresh()) => store.encrypt(KEY, PLAINTEXT, AAD, USE);
const refusal =
  (errorName: string, status = 400) =>
  (_body: object, _request: object, response: ServerResponse) => {
    response.statusCode = status;
    return { errorName, errorMessage: "the proxy's own words" };
  };

async function thrownBy(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => assert.fail("it was answered"),
    (error: Error) => error,
  );
}

test("the published integrity value is ours, and no other is taken", () => {
  assert.equal(integrityValue(AAD, MADE).toString("base64"), VALUE);
  assert.ok(isIntact(AAD, MADE, Buffer.from(VALUE, "base64")));
  assert.ok(!isIntact(AAD, { ...MADE, metadata: Buffer.alloc(0) }, Buffer.from(VALUE, "base64")));
  assert.ok(!isIntact(Buffer.alloc(0), MADE, Buffer.from(VALUE, "base64")));
});

test("the layer in the blob reads as it was written, and is laid out as its page says", () => {
  assert.deepEqual(unpackCiphertext(packCiphertext(MADE, PLAINTEXT)), MARKED);
  const golden =
    "0c0d1ccae5470f3970025477903 1bc1c4dda7707d6812447c5955e99b261 6b65795f76657273696f6e3d31 d4ce2c527afe674c7a086bd74e256019 821c642b5b71783367deaf18";
  assert.equal(packCiphertext(MADE, PLAINTEXT).toString("hex"), golden.replaceAll(" ", ""));
  assert.deepEqual(unpackCiphertext(Buffer.from(golden.replaceAll(" ", ""), "hex")), MARKED);
  for (let length = 0; length < 60; length++)
    assert.throws(() => unpackCiphertext(packCiphertext(MADE, PLAINTEXT).subarray(0, length)), StoreFailure);
});

test("an encryption is asked as the API says, and kept whole", async () => {
  proxy.script = () => ANSWER;
  const sealed = await encrypt();
  assert.deepEqual(unpackCiphertext(sealed), MARKED);
  const [{ path, body, authorization } = assert.fail("nothing was asked")] = proxy.asked;
  assert.equal(path, "/kms/xks/v1/keys/external.key-1/encrypt");
  assert.match(authorization, /Credential=ABCDEFGHIJKLMNOPQRST\/20261121\/us-east-1\/kms-xks-proxy\/aws4_request/);
  assert.match(authorization, /SignedHeaders=[^,]*host;x-amz-date/);
  assert.deepEqual(body, {
    requestMetadata: {
      awsPrincipalArn: USE.principalArn,
      kmsKeyArn: USE.kmsKeyArn,
      kmsOperation: "Encrypt",
      kmsRequestId: USE.requestId,
    },
    additionalAuthenticatedData: AAD.toString("base64"),
    plaintext: PLAINTEXT.toString("base64"),
    encryptionAlgorithm: "AES_GCM",
    ciphertextDataIntegrityValueAlgorithm: "SHA_256",
  });
});

test("a decryption gives back the parts, and its answer's length is checked", async () => {
  proxy.script = () => ({ plaintext: PLAINTEXT.toString("base64") });
  const sealed = packCiphertext(MADE, PLAINTEXT);
  assert.deepEqual(
    await fresh().decrypt(KEY, sealed, AAD, { ...USE, viaService: "s3.us-east-1.amazonaws.com" }),
    PLAINTEXT,
  );
  const { body } = proxy.asked[0] ?? assert.fail("nothing was asked");
  assert.equal(body["ciphertextMetadata"], ANSWER.ciphertextMetadata);
  assert.equal(body["initializationVector"], ANSWER.initializationVector);
  assert.equal((body["requestMetadata"] as Record<string, string>)["kmsViaService"], "s3.us-east-1.amazonaws.com");
  proxy.script = () => ({ plaintext: "AA==" });
  assert.match((await thrownBy(fresh().decrypt(KEY, sealed, AAD, USE))).message, /cannot be interpreted/);
  const plain = packCiphertext({ ...MADE, metadata: Buffer.alloc(0) }, PLAINTEXT);
  await thrownBy(fresh().decrypt(KEY, plain, AAD, USE));
  assert.equal("ciphertextMetadata" in (proxy.asked.at(-1)?.body ?? {}), false);
});

const b64 = (bytes: number) => Buffer.alloc(bytes).toString("base64");
const BAD_ANSWERS: Readonly<Record<string, unknown>> = {
  "a longer ciphertext": { ...ANSWER, ciphertext: b64(13) },
  "a vector of 13 bytes": { ...ANSWER, initializationVector: b64(13) },
  "a tag of 15 bytes": { ...ANSWER, authenticationTag: b64(15) },
  "metadata of 21 bytes": { ...ANSWER, ciphertextMetadata: b64(21) },
  "no integrity value": { ...ANSWER, ciphertextDataIntegrityValue: undefined },
  "another integrity value": { ...ANSWER, ciphertextDataIntegrityValue: b64(32) },
  "metadata left out": { ...ANSWER, ciphertextMetadata: undefined },
  "base64 without padding": { ...ANSWER, authenticationTag: ANSWER.authenticationTag.replaceAll("=", "") },
  "base64 of the other alphabet": { ...ANSWER, ciphertext: "-_".repeat(8) },
  "a number": { ...ANSWER, ciphertext: 7 },
  "nothing in it": {},
  "a list": [],
  "a text": "ciphertext",
  "far too much": { ...ANSWER, more: "x".repeat(70_000) },
};

for (const [what, answer] of Object.entries(BAD_ANSWERS)) {
  test(`an answer with ${what} is not believed`, async () => {
    proxy.script = () => answer;
    const thrown = await thrownBy(encrypt());
    assert.ok(thrown instanceof StoreFailure);
    assert.match(thrown.message, /cannot be interpreted/);
  });
}

test("what is not JSON, and an error without a known name, are not believed either", async () => {
  proxy.script = (_body, _request, response) => void response.end("<html>");
  assert.match((await thrownBy(encrypt())).message, /cannot be interpreted/);
  proxy.script = refusal("SomethingElse", 404);
  assert.match((await thrownBy(encrypt())).message, /cannot be interpreted/);
  proxy.script = refusal("unreachable", 500);
  assert.match((await thrownBy(encrypt())).message, /cannot be interpreted/);
});

// The table of kms 11.2: the error's name, CreateCustomKeyStore's error, CreateKey's, what callers of keys read.
const CKIS = "CustomKeyStoreInvalidStateException";
const MAPPING: readonly (readonly [string, string, string, RegExp])[] = [
  ["ValidationException", "XksProxyInvalidResponseException", CKIS, /interpreted/],
  ["InvalidStateException", "XksProxyInvalidResponseException", "XksKeyInvalidConfigurationException", /not enabled/],
  ["InvalidCiphertextException", "XksProxyInvalidResponseException", CKIS, /rejected the ciphertext/],
  [
    "InvalidKeyUsageException",
    "XksProxyInvalidResponseException",
    "XksKeyInvalidConfigurationException",
    /not support/,
  ],
  ["AuthenticationFailedException", "XksProxyIncorrectAuthenticationCredentialException", CKIS, /authenticate/],
  ["AccessDeniedException", "XksProxyInvalidResponseException", CKIS, /denied access/],
  ["KeyNotFoundException", "XksProxyInvalidResponseException", "XksKeyNotFoundException", /not find the external key/],
  ["InvalidUriPathException", "XksProxyInvalidConfigurationException", CKIS, /URI path/],
  ["UnsupportedOperationException", "XksProxyInvalidResponseException", CKIS, /not support/],
  ["DependencyTimeoutException", "XksProxyUriUnreachableException", CKIS, /in time/],
  ["ThrottlingException", "XksProxyUriUnreachableException", CKIS, /rate/],
  ["InternalException", "XksProxyInvalidResponseException", CKIS, /cannot communicate/],
];

for (const [name, management, createKey, message] of MAPPING) {
  test(`${name} is told in each operation's words, and the proxy's own words in the log alone`, async () => {
    proxy.script = refusal(name);
    const crypto = await thrownBy(encrypt());
    assert.ok(crypto instanceof StoreFailure);
    assert.match(crypto.message, message);
    const made = await thrownBy(fresh().createKey({ ...XKS_SETTINGS, keyId: "k" as never, xksKeyId: "a" }, USE));
    assert.ok(made instanceof AwsError);
    assert.equal(made.code, createKey);
    const managed = await thrownBy(proxy.kind.check(XKS_SETTINGS, USE));
    assert.ok(managed instanceof AwsError);
    assert.equal(managed.code, management);
    for (const thrown of [crypto, made, managed]) assert.ok(!thrown.message.includes("own words"));
    assert.ok(proxy.logged.every(({ reason }) => String(reason).includes("own words")));
    assert.equal(proxy.logged.length, 3);
  });
}

test("a key must be an AES key of 256 bits that encrypts, decrypts and is enabled", async () => {
  const good = { keySpec: "AES_256", keyUsage: ["DECRYPT", "WRAP", "ENCRYPT"], keyStatus: "ENABLED" };
  const create = (answer: object, xksKeyId = "a") => {
    proxy.script = () => answer;
    return fresh().createKey({ ...XKS_SETTINGS, keyId: "k" as never, xksKeyId }, { ...USE, operation: "CreateKey" });
  };
  assert.deepEqual(await create(good), { id: "a" });
  const refused = async (answer: object, xksKeyId?: string) => {
    const thrown = await thrownBy(create(answer, xksKeyId));
    return thrown instanceof AwsError ? `${thrown.code}: ${thrown.message}` : String(thrown);
  };
  const bad = /^XksKeyInvalidConfigurationException/;
  assert.match(await refused({ ...good, keySpec: "AES_128" }), /^XksKeyInvalidConfigurationException: .*AES_128/);
  assert.match(await refused({ ...good, keyUsage: ["ENCRYPT"] }), bad);
  assert.match(await refused({ ...good, keyStatus: "DISABLED" }), /^XksKeyInvalidConfigurationException: .*DISABLED/);
  assert.match(await refused({}), /^CustomKeyStoreInvalidStateException/);
  assert.match(await refused({ ...good, keyUsage: Array(11).fill("ENCRYPT") }), /^CustomKeyStoreInvalidStateException/);
  const asked = proxy.asked.length;
  for (const direction of [".", ".."]) assert.match(await refused(good, direction), /^XksKeyNotFoundException/);
  assert.equal(proxy.asked.length, asked, "directions in a path are not sent");
});

test("health connects unless every manager is unavailable or the answer is none", async () => {
  const connect = async (answer: object) => {
    proxy.script = () => answer;
    const thrown = await fresh()
      .connect({ ...USE, operation: "ConnectCustomKeyStore" })
      .catch((error) => error);
    return thrown instanceof StoreConnectionError ? thrown.code : thrown;
  };
  assert.equal(await connect(HEALTH), undefined);
  assert.deepEqual(proxy.asked[0]?.body, {
    requestMetadata: { kmsRequestId: USE.requestId, kmsOperation: "ConnectCustomKeyStore" },
  });
  const manager = (healthStatus: string) => ({ id: "1", model: "m", healthStatus });
  const fleet = (...states: string[]) => ({ ...HEALTH, ekmFleetDetails: states.map(manager) });
  assert.equal(await connect(fleet("UNAVAILABLE", "UNAVAILABLE")), "XKS_PROXY_NOT_REACHABLE");
  for (const answer of [
    fleet(),
    fleet(...Array(11).fill("ACTIVE")),
    fleet("FINE"),
    { ...HEALTH, xksProxyFleetSize: 0 },
  ])
    assert.equal(await connect(answer), "XKS_PROXY_INVALID_RESPONSE");
  assert.equal(await connect({ ...HEALTH, ekmVendor: undefined }), "XKS_PROXY_INVALID_RESPONSE");
});

test("a VPC endpoint's proxy is not asked before it is connected", async () => {
  await proxy.kind.check({ ...XKS_SETTINGS, connectivity: "VPC_ENDPOINT_SERVICE" }, USE);
  assert.equal(proxy.asked.length, 0);
});

test("250 milliseconds are all that a proxy gets", async () => {
  let reached = () => {};
  const arrived = new Promise<void>((resolve) => {
    reached = resolve;
  });
  proxy.script = () => reached();
  const failing = thrownBy(encrypt());
  await arrived;
  proxy.clock.advance(249);
  assert.equal(await Promise.race([failing, new Promise((resolve) => setImmediate(resolve, "waits"))]), "waits");
  proxy.clock.advance(1);
  assert.match((await failing).message, /in time/);
  assert.equal(proxy.asked.length, 1, "who was waited for is not asked again");
});

test("a connection that breaks is made once more, and only once", async () => {
  const store = fresh();
  let breaks = 1;
  proxy.script = (_body, request) => (breaks-- > 0 ? void request.socket.destroy() : ANSWER);
  await encrypt(store);
  assert.equal(proxy.asked.length, 2);
  breaks = 2;
  assert.match((await thrownBy(encrypt(store))).message, /cannot be reached/);
  assert.equal(proxy.asked.length, 4);
});

test("a proxy that cannot be reached is spared, then tried by one, then trusted again", async () => {
  const store = fresh();
  proxy.script = (_body, request) => void request.socket.destroy();
  for (let tries = 0; tries < 5; tries++) assert.match((await thrownBy(encrypt(store))).message, /cannot be reached/);
  const asked = proxy.asked.length;
  assert.match((await thrownBy(encrypt(store))).message, /failed repeatedly/);
  assert.equal(proxy.asked.length, asked);
  proxy.clock.advance(2000);
  const both = await Promise.all([thrownBy(encrypt(store)), thrownBy(encrypt(store))]);
  assert.deepEqual(both.map(({ message }) => /failed repeatedly/.test(message)).sort(), [false, true]);
  proxy.clock.advance(1999);
  assert.match((await thrownBy(encrypt(store))).message, /failed repeatedly/, "a failed probe begins the rest anew");
  proxy.clock.advance(1);
  proxy.script = () => ANSWER;
  await encrypt(store);
  await Promise.all([encrypt(store), encrypt(store)]);
});

test("a proxy that refuses is there, however often it does", async () => {
  const store = fresh();
  proxy.script = refusal("InvalidStateException");
  for (let tries = 0; tries < 10; tries++) assert.match((await thrownBy(encrypt(store))).message, /not enabled/);
  assert.equal(proxy.asked.length, 10);
});

test("a certificate of nobody's, and a port where nobody is, are told apart", async () => {
  const { ca: _nobodys, ...others } = proxy.options;
  const stranger = new XksStore(XKS_SETTINGS, others, trustOf({}));
  assert.match((await thrownBy(encrypt(stranger))).message, /TLS connection/);
  const connection = await thrownBy(stranger.connect(USE));
  assert.ok(connection instanceof StoreConnectionError);
  assert.equal(connection.code, "XKS_PROXY_INVALID_TLS_CONFIGURATION");
  const nowhere = { ...proxy.options, ports: new Map([["localhost", 9]]) };
  assert.match((await thrownBy(encrypt(new XksStore(XKS_SETTINGS, nowhere, trustOf(nowhere))))).message, /be reached/);
});
