import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { changeKey, disable, rotateOnDemand, scheduleDeletion } from "../../kms/index.js";
import { CREDENTIAL, METADATA, openTestProxy, type TestProxy } from "./testing.js";

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await openTestProxy();
});
afterEach(() => proxy.close());

const b64 = (bytes: number) => Buffer.alloc(bytes).toString("base64");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const AAD = base64("project=nile");
const encryption = (more: object = {}) => ({
  requestMetadata: METADATA,
  plaintext: base64("plaintext"),
  encryptionAlgorithm: "AES_GCM",
  additionalAuthenticatedData: AAD,
  ...more,
});
const encrypt = async (more: object = {}) => (await proxy.ask("/keys/external/encrypt", encryption(more))).body;
const decryption = (sealed: object, more: object = {}) => ({
  requestMetadata: { ...METADATA, kmsOperation: "Decrypt" },
  encryptionAlgorithm: "AES_GCM",
  additionalAuthenticatedData: AAD,
  ...sealed,
  ...more,
});
const decrypt = (sealed: object, more: object = {}, path = "/keys/external/decrypt") =>
  proxy.ask(path, decryption(sealed, more));
const refused = async (path: string, body: unknown, asking = {}) => {
  const { status, body: answer } = await proxy.ask(path, body, asking);
  return `${status} ${answer["errorName"]}`;
};
const metadata = { requestMetadata: METADATA };
const change = (to: Parameters<typeof changeKey>[2]) => proxy.database.write((tx) => changeKey(tx, proxy.key, to));

test("what it encrypts it decrypts, with every length that KMS expects", async () => {
  const sealed = await encrypt();
  const length = (name: string) => Buffer.from(sealed[name] ?? "", "base64").length;
  assert.equal(length("ciphertext"), "plaintext".length);
  assert.equal(length("initializationVector"), 16);
  assert.equal(length("authenticationTag"), 16);
  assert.equal(length("ciphertextMetadata"), 20);
  assert.equal("ciphertextDataIntegrityValue" in sealed, false);
  const { status, body } = await decrypt(sealed);
  assert.deepEqual([status, body], [200, { plaintext: base64("plaintext") }]);
});

test("the integrity value that was asked for is that of the specification", async () => {
  const sealed = await encrypt({ ciphertextDataIntegrityValueAlgorithm: "SHA_256" });
  const hash = createHash("sha256").update(Buffer.from(AAD, "base64"));
  for (const name of ["ciphertextMetadata", "initializationVector", "ciphertext", "authenticationTag"])
    hash.update(Buffer.from(sealed[name] ?? "", "base64"));
  assert.equal(sealed["ciphertextDataIntegrityValue"], hash.digest("base64"));
});

test("4300 bytes and 8192 of additional data are supported; what is beyond all bounds is not", async () => {
  const most = { plaintext: b64(4300), additionalAuthenticatedData: b64(8192) };
  const { body } = await decrypt(await encrypt(most), { additionalAuthenticatedData: b64(8192) });
  assert.equal(body["plaintext"], b64(4300));
  for (const tooMuch of [{ plaintext: b64(6001) }, { additionalAuthenticatedData: b64(8193) }])
    assert.equal(await refused("/keys/external/encrypt", encryption(tooMuch)), "400 ValidationException");
});

test("every changed bit of what was made, and other additional data, are an invalid ciphertext", async () => {
  const sealed = await encrypt();
  for (const name of ["ciphertext", "initializationVector", "authenticationTag", "ciphertextMetadata"]) {
    const bytes = Buffer.from(sealed[name] ?? "", "base64");
    for (let byte = 0; byte < bytes.length; byte++) {
      const changed = Buffer.from(bytes);
      changed[byte]! ^= 0x10;
      const { body } = await decrypt({ ...sealed, [name]: changed.toString("base64") });
      assert.equal(body["errorName"], "InvalidCiphertextException", `${name} ${byte}`);
    }
  }
  const others: object[] = [
    { additionalAuthenticatedData: base64("project=amazon") },
    { additionalAuthenticatedData: undefined },
    { ciphertextMetadata: undefined },
    { initializationVector: b64(12) },
  ];
  for (const more of others)
    assert.equal((await decrypt(sealed, more)).body["errorName"], "InvalidCiphertextException", JSON.stringify(more));
});

test("an external key opens nothing of another one, though both are one KMS key", async () => {
  const sealed = await encrypt();
  assert.ok(proxy.config);
  proxy.config = { ...proxy.config, keys: { ...proxy.config.keys, other: { keyArn: proxy.key.arn } } };
  const { body } = await decrypt(sealed, {}, "/keys/other/decrypt");
  assert.equal(body["errorName"], "InvalidCiphertextException");
});

test("older material keeps decrypting after a rotation", async () => {
  const before = await encrypt();
  await rotateOnDemand(proxy.kms, proxy.key, proxy.clock.now(), (unit) => proxy.database.write(unit));
  const after = await encrypt();
  assert.notEqual(before["ciphertextMetadata"]?.slice(-6), after["ciphertextMetadata"]?.slice(-6));
  for (const sealed of [before, after]) assert.equal((await decrypt(sealed)).status, 200);
});

test("malformed bodies are told so", async () => {
  const path = "/keys/external/encrypt";
  const bad: unknown[] = [
    "{",
    "[]",
    "7",
    "",
    {},
    encryption({ requestMetadata: undefined }),
    encryption({ plaintext: 7 }),
  ];
  bad.push(
    encryption({ plaintext: "a-b_" }),
    encryption({ plaintext: undefined }),
    encryption({ encryptionAlgorithm: "AES" }),
  );
  bad.push(
    encryption({ ciphertextDataIntegrityValueAlgorithm: "SHA_1" }),
    encryption({ additionalAuthenticatedData: 1 }),
  );
  for (const name of Object.keys(METADATA))
    bad.push(encryption({ requestMetadata: { ...METADATA, [name]: undefined } }));
  bad.push(encryption({ requestMetadata: { ...METADATA, awsPrincipalArn: "x".repeat(2049) } }));
  for (const body of bad) assert.equal(await refused(path, body), "400 ValidationException", JSON.stringify(body));
  const sealed = await encrypt();
  const badLengths = [
    { initializationVector: b64(13) },
    { authenticationTag: b64(15) },
    { ciphertextMetadata: b64(21) },
  ];
  for (const more of [...badLengths, { ciphertext: b64(6001) }])
    assert.equal((await decrypt(sealed, more)).body["errorName"], "ValidationException");
});

test("operations of KMS that nobody knows yet are served", async () => {
  const requestMetadata = { ...METADATA, kmsOperation: "SomethingNew", awsSourceVpc: "vpc-1" };
  assert.equal((await proxy.ask("/keys/external/encrypt", encryption({ requestMetadata }))).status, 200);
  assert.equal(
    (await proxy.ask("/health", { requestMetadata: { ...requestMetadata, awsPrincipalArn: undefined } })).status,
    200,
  );
});

test("health tells of one key manager that is active", async () => {
  const { status, body } = await proxy.ask("/health", metadata);
  assert.equal(status, 200);
  assert.deepEqual(body, {
    xksProxyFleetSize: 2,
    xksProxyVendor: "Strongroom",
    xksProxyModel: "Strongroom XKS proxy",
    ekmVendor: "Strongroom",
    ekmFleetDetails: [{ id: "strongroom", model: "Strongroom KMS", healthStatus: "ACTIVE" }],
  });
});

test("signatures: another key, secret, service, path, body, time or none at all are all one refusal", async () => {
  const minutes = (count: number) => new Date(proxy.clock.nowMs() + count * 60_000);
  const wrong = [
    { credential: { ...CREDENTIAL, accessKeyId: "QRSTUVWXYZ234567ABCD" } },
    { credential: { ...CREDENTIAL, secretAccessKey: "1".repeat(43) } },
    { service: "kms" },
    { sentBody: JSON.stringify({ requestMetadata: { ...METADATA, kmsRequestId: "another" } }) },
    { sentPath: "/prefix/kms/xks/v1/keys/external/metadata" },
    { date: minutes(-5.1) },
    { date: minutes(5.1) },
    { headers: { authorization: "" } },
    { headers: { authorization: "AWS4-HMAC-SHA256 rubbish" } },
    { headers: { "x-amz-date": "yesterday" } },
    { headers: { host: "other" } },
  ];
  for (const asking of wrong)
    assert.equal(
      await refused("/health", metadata, asking),
      "401 AuthenticationFailedException",
      JSON.stringify(asking),
    );
  for (const date of [minutes(-4.9), minutes(4.9)])
    assert.equal((await proxy.ask("/health", metadata, { date })).status, 200);
  assert.equal(proxy.records.length, 2, "nobody's requests fill no trail");
});

test("two credentials are good while one takes the other's place", async () => {
  const next = { accessKeyId: "QRSTUVWXYZ234567ABCD", secretAccessKey: "z".repeat(43) };
  assert.ok(proxy.config);
  proxy.config = { ...proxy.config, credentials: [CREDENTIAL, next] };
  for (const credential of [CREDENTIAL, next])
    assert.equal((await proxy.ask("/health", metadata, { credential })).status, 200);
  proxy.config = { ...proxy.config, credentials: [next] };
  assert.equal(await refused("/health", metadata), "401 AuthenticationFailedException");
});

test("paths that are none of the four", async () => {
  const paths = [
    "",
    "/",
    "/healthy",
    "/keys/external",
    "/keys/external/rotate",
    "/keys/a%20b/metadata",
    "/keys//encrypt",
  ];
  for (const path of [...paths, `/keys/${"k".repeat(129)}/encrypt`, "/keys/../health"])
    assert.equal(await refused(path, metadata), "404 InvalidUriPathException", path);
  assert.equal(await refused("/health", metadata, { sentPath: "/kms/xks/v1/health" }), "404 InvalidUriPathException");
  proxy.config = undefined;
  assert.equal(await refused("/health", metadata), "404 InvalidUriPathException");
});

test("the state of the KMS key is that of the external key", async () => {
  const sealed = await encrypt();
  const status = async () => (await proxy.ask("/keys/external/metadata", metadata)).body["keyStatus"];
  assert.deepEqual((await proxy.ask("/keys/external/metadata", metadata)).body, {
    keySpec: "AES_256",
    keyUsage: ["ENCRYPT", "DECRYPT"],
    keyStatus: "ENABLED",
  });
  await change(disable);
  assert.equal(await status(), "DISABLED");
  assert.equal(await refused("/keys/external/encrypt", encryption()), "400 InvalidStateException");
  assert.equal((await decrypt(sealed)).body["errorName"], "InvalidStateException");
  await change((key) => scheduleDeletion(key, 7, proxy.clock.now()));
  assert.equal(await status(), "DISABLED");
  assert.equal(await refused("/keys/external/encrypt", encryption()), "400 InvalidStateException");
});

test("keys that are not listed, and keys that are gone, are not found", async () => {
  for (const id of ["nobody", "__proto__", "constructor"])
    assert.equal(await refused(`/keys/${id}/metadata`, metadata), "404 KeyNotFoundException", id);
  assert.ok(proxy.config);
  const keyArn = proxy.key.arn.replace(/.{12}$/, "000000000000");
  proxy.config = { ...proxy.config, keys: { external: { keyArn } } };
  assert.equal(await refused("/keys/external/metadata", metadata), "404 KeyNotFoundException");
});

test("the principal's policies decide for each use, and a principal that is gone may nothing", async () => {
  const sealed = await encrypt();
  const Condition = { StringEquals: { "kms:ViaService": "xks-proxy.us-east-1.amazonaws.com" } };
  const statement = { Effect: "Allow", Action: "kms:Encrypt", Resource: "*", Condition };
  proxy.policies = [{ Version: "2012-10-17", Statement: [statement] }];
  await encrypt();
  assert.equal((await decrypt(sealed)).status, 403);
  assert.equal(await refused("/keys/external/metadata", metadata), "403 AccessDeniedException");
  proxy.policies = undefined;
  assert.equal(await refused("/keys/external/encrypt", encryption()), "403 AccessDeniedException");
});

test("an external key may be for some principals of AWS only", async () => {
  assert.ok(proxy.config);
  const only = (...allow: string[]) => {
    assert.ok(proxy.config);
    proxy.config = { ...proxy.config, keys: { external: { keyArn: proxy.key.arn, allow } } };
  };
  only("arn:aws:iam::444455556666:user/bob", "arn:aws:iam::*:role/*");
  for (const api of ["metadata", "encrypt"])
    assert.equal(await refused(`/keys/external/${api}`, encryption()), "403 AccessDeniedException");
  only("arn:aws:iam::*:user/al*e");
  assert.equal((await proxy.ask("/keys/external/encrypt", encryption())).status, 200);
});

test("every use leaves a record that says who asked, and refusals do too; none holds a plaintext", async () => {
  await encrypt();
  await proxy.ask("/keys/nobody/metadata", metadata);
  const [used, failed] = proxy.records;
  assert.equal(used?.eventName, "Encrypt");
  assert.equal(used?.eventSource, "kms-xks-proxy.amazonaws.com");
  assert.deepEqual(used?.requestParameters, { externalKeyId: "external" });
  assert.deepEqual(used?.additionalEventData, { requestMetadata: METADATA });
  assert.equal(used?.resources?.[0]?.ARN, proxy.key.arn);
  assert.equal(used?.userIdentity["accessKeyId"], CREDENTIAL.accessKeyId);
  assert.equal(failed?.errorCode, "KeyNotFoundException");
  assert.ok(!JSON.stringify(proxy.records).includes(base64("plaintext")));
  assert.ok(!JSON.stringify(proxy.records).includes(CREDENTIAL.secretAccessKey));
});

test("a key store that fails is told as a failure of ours, in a few words", async () => {
  Object.assign(proxy.keyStore, {
    encrypt: async () => {
      throw new Error("the secret cause");
    },
  });
  const { status, body } = await proxy.ask("/keys/external/encrypt", encryption());
  assert.equal(status, 500);
  assert.deepEqual(body, { errorName: "InternalException", errorMessage: "The request failed inside the proxy." });
});
