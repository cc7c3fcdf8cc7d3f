import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { request as plainRequest } from "node:http";
import { after, before, test } from "node:test";
import { DisableKeyCommand, EnableKeyCommand } from "@aws-sdk/client-kms";
import { codeOf, errorOf } from "../harness/people.js";
import { findBase64, integrityValue } from "./parts.js";
import { type ProxyStage, readConsoleFile, startProxyStage } from "./proxy-stage.js";
import { CALLER, keyMetadata, type Members, type ProxyAnswer, type StubKms } from "./stub-kms.js";
import { invalidMembers, minutesFromNow, unauthentic } from "./wrong-requests.js";

// `strongroom xks-proxy` in front of a KMS that was written by somebody else, from the published API alone.

const URI_PATH = "/some/prefix/kms/xks/v1";
const PLAINTEXT = Buffer.from("Hello World!");
const AAD = Buffer.from("project=nile,department=marketing");
let stage: ProxyStage;
let kms: StubKms;

before(async () => {
  stage = await startProxyStage(URI_PATH, ["one", "two", "Dots.and_dashes-3"]);
  kms = stage.kms;
});
after(() => stage.close());

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const aad = { additionalAuthenticatedData: base64(AAD) };
const hello = { plaintext: base64(PLAINTEXT) };

async function sealed(members: Members = hello, keyId = "one"): Promise<Record<string, unknown>> {
  const made = await kms.encrypt(keyId, members);
  assert.equal(made.status, 200, made.text);
  return { ...made.body };
}

async function opened(members: Members, keyId = "one"): Promise<Buffer> {
  const answer = await kms.decrypt(keyId, members);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(Object.keys(answer.body), ["plaintext"]);
  return findBase64(answer.body["plaintext"]) ?? assert.fail("no base64");
}

function assertRefused(answer: ProxyAnswer, status: number, errorName: string, what = ""): void {
  assert.deepEqual([answer.status, answer.body["errorName"]], [status, errorName], `${what} ${answer.text}`);
  const { errorName: _name, errorMessage = "", ...rest } = answer.body;
  assert.deepEqual(rest, {}, what);
  assert.match(String(errorMessage), /^[ -~]{0,511}$/);
  assert.match(String(answer.headers["content-type"]), /^application\/json\b/, what);
}

const bytesOf = (members: Members, name: string): Buffer => findBase64(members[name]) ?? assert.fail(`no ${name}`);

const flipped = (text: unknown, at = 0): string => {
  const bytes = findBase64(text) ?? assert.fail("no base64");
  return base64(bytes.map((byte, index) => (index === (at + bytes.length) % bytes.length ? byte ^ 1 : byte)));
};

test("what was encrypted comes back, with additional data and without", async () => {
  for (const [plaintext, more] of [
    [PLAINTEXT, {}],
    [PLAINTEXT, aad],
    [randomBytes(1), aad],
    [randomBytes(4096), { additionalAuthenticatedData: base64(randomBytes(8192)) }],
    [randomBytes(4300), aad],
    [randomBytes(4300), {}],
  ] as const) {
    const parts = await sealed({ plaintext: base64(plaintext), ...more });
    assert.deepEqual(await opened({ ...parts, ...more }), plaintext);
  }
});

test("a body of unknown length is read", async () => {
  const headers = { "content-length": undefined, "transfer-encoding": "chunked" };
  assert.equal((await kms.encrypt("one", hello, { headers })).status, 200);
});

test("the parts of an encryption have the lengths of the API, and are new each time", async () => {
  const [one, two] = [await sealed({ ...hello, ...aad }), await sealed({ ...hello, ...aad })];
  const names = Object.keys(one).filter((name) => name !== "ciphertextMetadata");
  assert.deepEqual(names.sort(), ["authenticationTag", "ciphertext", "initializationVector"]);
  assert.equal(bytesOf(one, "ciphertext").length, PLAINTEXT.length);
  assert.ok([12, 16].includes(bytesOf(one, "initializationVector").length));
  assert.equal(bytesOf(one, "authenticationTag").length, 16);
  if (one["ciphertextMetadata"] !== undefined) assert.ok(bytesOf(one, "ciphertextMetadata").length <= 20);
  for (const name of ["ciphertext", "initializationVector", "authenticationTag"]) {
    assert.notEqual(one[name], two[name], name);
  }
  assert.ok(!bytesOf(one, "ciphertext").equals(PLAINTEXT));
});

test("an integrity value comes when it is asked for, over the bare parts", async () => {
  const asking = { ...hello, ciphertextDataIntegrityValueAlgorithm: "SHA_256" };
  for (const more of [{}, aad]) {
    const parts = await sealed({ ...asking, ...more });
    const expected = integrityValue({
      aad: "additionalAuthenticatedData" in more ? AAD : undefined,
      metadata: parts["ciphertextMetadata"] === undefined ? undefined : bytesOf(parts, "ciphertextMetadata"),
      iv: bytesOf(parts, "initializationVector"),
      ciphertext: bytesOf(parts, "ciphertext"),
      tag: bytesOf(parts, "authenticationTag"),
    });
    assert.equal(parts["ciphertextDataIntegrityValue"], base64(expected));
    const { ciphertextDataIntegrityValue: _value, ...rest } = parts;
    assert.deepEqual(await opened({ ...rest, ...more }), PLAINTEXT);
  }
  const unknown = await kms.encrypt("one", { ...hello, ciphertextDataIntegrityValueAlgorithm: "MD5" });
  assertRefused(unknown, 400, "ValidationException");
});

test("a key describes itself, enabled and disabled, and does nothing while it is disabled", async () => {
  const KeyId = stage.arns.get("two");
  const parts = await sealed(hello, "two");
  const describe = async () => (await kms.metadata("two")).body;
  const { keyUsage, ...rest } = await describe();
  assert.deepEqual(rest, { keySpec: "AES_256", keyStatus: "ENABLED" });
  assert.ok(Array.isArray(keyUsage) && keyUsage.includes("ENCRYPT") && keyUsage.includes("DECRYPT"));
  assert.ok(keyUsage.length <= 10);
  await stage.root.kms.send(new DisableKeyCommand({ KeyId }));
  assert.deepEqual(await describe(), { ...rest, keyUsage, keyStatus: "DISABLED" });
  assertRefused(await kms.encrypt("two", hello), 400, "InvalidStateException");
  assertRefused(await kms.decrypt("two", parts), 400, "InvalidStateException");
  await stage.root.kms.send(new EnableKeyCommand({ KeyId }));
  assert.deepEqual(await opened(parts, "two"), PLAINTEXT);
});

test("health has all its members", async () => {
  for (const kmsOperation of ["KmsHealthCheck", "CreateCustomKeyStore", "ConnectCustomKeyStore", "SomethingNew"]) {
    const { status, body, headers } = await kms.health({ kmsOperation, kmsRequestId: randomUUID() });
    assert.equal(status, 200);
    assert.match(String(headers["content-type"]), /^application\/json\b/);
    const { xksProxyFleetSize, ekmFleetDetails, ...names } = body;
    assert.ok(Number.isInteger(xksProxyFleetSize) && Number(xksProxyFleetSize) > 0);
    assert.deepEqual(Object.keys(names).sort(), ["ekmVendor", "xksProxyModel", "xksProxyVendor"]);
    for (const name of Object.values(names)) assert.ok(typeof name === "string" && name !== "");
    assert.ok(Array.isArray(ekmFleetDetails) && ekmFleetDetails.length >= 1 && ekmFleetDetails.length <= 10);
    for (const detail of ekmFleetDetails) {
      assert.deepEqual(Object.keys(detail).sort(), ["healthStatus", "id", "model"]);
      assert.match(detail.healthStatus, /^(ACTIVE|DEGRADED|UNAVAILABLE)$/);
    }
  }
});

test("operations and members that nobody has heard of yet are no reason to refuse", async () => {
  const metadata = (operation: string) => ({ requestMetadata: { ...keyMetadata(operation), awsSourceVpc: "vpc-1" } });
  const parts = await sealed({ ...hello, ...metadata("BulkEncrypt") });
  assert.deepEqual(await opened({ ...parts, ...metadata("BulkDecrypt") }), PLAINTEXT);
  const more = { ...keyMetadata("Encrypt"), kmsViaService: "ebs", awsSourceVpce: "vpce-1", sourceIdentity: "new" };
  assert.deepEqual(await opened(await sealed({ ...hello, requestMetadata: more })), PLAINTEXT);
  assert.equal((await kms.metadata("one", { ...keyMetadata("BulkDescribeKey") })).status, 200);
  for (const kmsRequestId of ["not a uuid", "x".repeat(100)]) {
    const requestMetadata = { ...keyMetadata("Encrypt"), kmsRequestId };
    assert.equal((await kms.encrypt("one", { ...hello, requestMetadata })).status, 200);
  }
  for (const awsPrincipalArn of ["ec2.amazonaws.com", "AWS Internal"]) {
    const requestMetadata = { ...keyMetadata("Encrypt"), awsPrincipalArn };
    assert.equal((await kms.encrypt("one", { ...hello, requestMetadata })).status, 200);
  }
});

test("whoever cannot prove to be KMS is refused, whatever is asked", async () => {
  for (const [what, deviation] of Object.entries(unauthentic(stage.credential))) {
    for (const ask of [kms.health(undefined, deviation), kms.encrypt("one", hello, deviation)]) {
      assertRefused(await ask, 401, "AuthenticationFailedException", what);
    }
    assertRefused(await kms.encrypt("nowhere", hello, deviation), 401, "AuthenticationFailedException", what);
  }
  const sentPath = `${URI_PATH}/keys/two/encrypt`;
  assertRefused(await kms.encrypt("one", hello, { sentPath }), 401, "AuthenticationFailedException", "another path");
  const query = { sentPath: `${URI_PATH}/health?a=b` };
  assert.notEqual((await kms.health(undefined, query)).status, 200, "a query that was not signed");
  for (const date of [minutesFromNow(4), minutesFromNow(-4)])
    assert.equal((await kms.health(undefined, { date })).status, 200);
  for (const region of ["eu-west-1", "ap-northeast-3"]) {
    assert.equal((await kms.health(undefined, { region })).status, 200);
  }
  const signedHeaders = ["content-type", "host", "x-amz-date"];
  assert.equal((await kms.health(undefined, { signedHeaders })).status, 200);
});

test("only POST is a method", async () => {
  for (const path of ["/health", "/keys/one/metadata", "/keys/one/encrypt", "/keys/one/decrypt"]) {
    assert.equal((await kms.post(path, {}, { method: "GET", text: "" })).status, 405, `GET ${path}`);
  }
  for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const answer = await kms.post("/keys/one/encrypt", { ...hello }, { method });
    assert.equal(answer.status, 405, `${method}: ${answer.text}`);
  }
});

test("paths that are none are told so", async () => {
  const wrong = [
    "",
    "/",
    "/keys",
    "/keys/one",
    "/keys/one/",
    "/keys/one/sign",
    "/keys/one/encrypt/x",
    "/healthy",
    "/Health",
  ];
  for (const path of wrong) assertRefused(await kms.post(path, {}), 404, "InvalidUriPathException", path);
  for (const uriPath of ["/kms/xks/v1", "/some/prefix/kms/xks/v2", "/other/kms/xks/v1", "/some/prefix", ""]) {
    assertRefused(await kms.health(undefined, { uriPath }), 404, "InvalidUriPathException", uriPath);
  }
});

test("keys that are not there are not found, with each API", async () => {
  const parts = await sealed();
  for (const keyId of ["nowhere", "ONE", "one.", "x".repeat(128)]) {
    assertRefused(await kms.metadata(keyId), 404, "KeyNotFoundException", keyId);
    assertRefused(await kms.encrypt(keyId, hello), 404, "KeyNotFoundException", keyId);
    assertRefused(await kms.decrypt(keyId, parts), 404, "KeyNotFoundException", keyId);
  }
  // Nor by the name of the KMS key behind.
  const kmsKeyId = stage.arns.get("one")?.split("/").at(-1) ?? "";
  assertRefused(await kms.metadata(kmsKeyId), 404, "KeyNotFoundException");
});

test("any changed part is an invalid ciphertext, and tells no more", async () => {
  const parts = await sealed({ ...hello, ...aad });
  const good: Members = { ...parts, ...aad };
  const wrong: Record<string, Members> = {};
  for (const name of Object.keys(good)) {
    wrong[`the first bit of ${name}`] = { ...good, [name]: flipped(good[name]) };
    wrong[`the last byte of ${name}`] = { ...good, [name]: flipped(good[name], -1) };
  }
  wrong["no additional data"] = parts;
  wrong["more additional data"] = { ...good, additionalAuthenticatedData: base64(Buffer.concat([AAD, Buffer.of(0)])) };
  wrong["another ciphertext's tag"] = {
    ...good,
    authenticationTag: (await sealed({ ...hello, ...aad }))["authenticationTag"],
  };
  wrong["a shorter ciphertext"] = { ...good, ciphertext: base64(bytesOf(parts, "ciphertext").subarray(1)) };
  wrong["a longer ciphertext"] = {
    ...good,
    ciphertext: base64(Buffer.concat([bytesOf(parts, "ciphertext"), Buffer.of(0)])),
  };
  const messages = new Set<unknown>();
  for (const [what, members] of Object.entries(wrong)) {
    const answer = await kms.decrypt("one", members);
    assertRefused(answer, 400, "InvalidCiphertextException", what);
    messages.add(answer.text);
  }
  assert.equal(messages.size, 1);
  assertRefused(await kms.decrypt("two", good), 400, "InvalidCiphertextException", "another key");
  assert.deepEqual(await opened(good), PLAINTEXT);
});

test("metadata is bound: left out, cut, or moved into the additional data it opens nothing", async () => {
  const parts = await sealed();
  const { ciphertextMetadata, ...rest } = parts;
  if (ciphertextMetadata === undefined) return; // a proxy need not make any
  const metadata = bytesOf(parts, "ciphertextMetadata");
  const moved = { ...rest, additionalAuthenticatedData: ciphertextMetadata };
  for (const members of [rest, moved, { ...rest, ciphertextMetadata: base64(metadata.subarray(1)) }]) {
    const answer = await kms.decrypt("one", members);
    assert.equal(answer.status, 400);
    assert.match(String(answer.body["errorName"]), /^(InvalidCiphertext|Validation)Exception$/);
  }
});

test("members that are missing, of another type, of a wrong length or no base64 are invalid", async () => {
  const parts = await sealed();
  const cases = invalidMembers(hello, parts);
  for (const [api, what, members] of cases) {
    const answer = api === "encrypt" ? kms.encrypt("one", members) : kms.decrypt("one", members);
    assertRefused(await answer, 400, "ValidationException", `${api}, ${what}`);
  }
  for (const name of ["awsPrincipalArn", "kmsOperation", "kmsRequestId"]) {
    const requestMetadata = { ...keyMetadata("CreateKey"), [name]: undefined };
    assertRefused(await kms.metadata("one", requestMetadata), 400, "ValidationException", name);
  }
});

test("required members of the metadata that are null are missing", async () => {
  for (const name of ["awsPrincipalArn", "kmsKeyArn", "kmsOperation", "kmsRequestId"]) {
    const requestMetadata = { ...keyMetadata("Encrypt"), [name]: null };
    assertRefused(await kms.encrypt("one", { ...hello, requestMetadata }), 400, "ValidationException", name);
  }
});

test("bodies that are no JSON object are invalid", async () => {
  const texts = [
    "",
    "{",
    "null",
    "[]",
    '"x"',
    "5",
    "not json",
    "\u0000",
    '{"requestMetadata":{}}x',
    "[".repeat(50_000),
  ];
  for (const text of [...texts, Buffer.from([0xff, 0xfe, 0x7b])]) {
    for (const path of ["/keys/one/encrypt", "/keys/one/decrypt", "/keys/one/metadata"]) {
      const answer = await kms.post(path, {}, { text });
      assertRefused(answer, 400, "ValidationException", `${path} ${text.toString().slice(0, 20)}`);
    }
  }
});

test("bodies beyond any need are refused, and the proxy lives on", async () => {
  const huge = { plaintext: base64(Buffer.alloc(5_000_000)) };
  // The connection may be closed before all of it was sent.
  const answer = await kms.encrypt("one", huge, { tls: {} }).catch((error: Error) => error);
  if (!(answer instanceof Error)) assert.ok([400, 413, 501].includes(answer.status), `${answer.status}`);
  assert.deepEqual(await opened(await sealed()), PLAINTEXT);
});

test("a credential is exchanged while the old one still works, until it is taken away", async () => {
  const old = stage.credential;
  await stage.run("rotate");
  const texts = (await stage.run("credential")).split(/(?<=^\})\n/m).filter((text) => text.trim() !== "");
  const credentials = texts.map((text) => readConsoleFile(text).credential);
  const next = credentials.find(({ accessKeyId }) => accessKeyId !== old.accessKeyId) ?? assert.fail();
  for (const credential of [old, next]) assert.equal((await kms.health(undefined, { credential })).status, 200);
  const crossed = { ...next, secret: old.secret };
  assertRefused(await kms.health(undefined, { credential: crossed }), 401, "AuthenticationFailedException");
  for (const { accessKeyId, secret } of [old, next]) {
    assert.match(accessKeyId, /^[A-Z2-7]{20,30}$/);
    assert.match(secret, /^[a-zA-Z0-9/+=]{43,64}$/);
  }
  await stage.run("retire", "--access-key-id", next.accessKeyId);
  assertRefused(await kms.health(undefined, { credential: next }), 401, "AuthenticationFailedException");
  assert.equal((await kms.health()).status, 200);
});

test("an external key can be for some callers only", async () => {
  const arn = stage.arns.get("Dots.and_dashes-3") ?? "";
  const id = "Dots.and_dashes-3";
  assert.equal((await kms.encrypt(id, hello)).status, 200);
  await stage.run("remove-key", "--external-key-id", id);
  assertRefused(await kms.encrypt(id, hello), 404, "KeyNotFoundException");
  await stage.run("add-key", "--external-key-id", id, "--key-id", arn, "--allow", "arn:aws:iam::999999999999:role/*");
  assertRefused(await kms.encrypt(id, hello), 403, "AccessDeniedException", CALLER);
  const requestMetadata = { ...keyMetadata("Encrypt"), awsPrincipalArn: "arn:aws:iam::999999999999:role/app" };
  assert.equal((await kms.encrypt(id, { ...hello, requestMetadata })).status, 200);
  for (const awsPrincipalArn of [null, undefined, "", "arn:aws:iam::999999999999:role", "*"]) {
    const nobody = { ...keyMetadata("Encrypt"), awsPrincipalArn };
    assert.notEqual((await kms.encrypt(id, { ...hello, requestMetadata: nobody })).status, 200, `${awsPrincipalArn}`);
  }
  assert.equal((await kms.health()).status, 200);
});

test("TLS 1.2 with AES-256-GCM and TLS 1.3 are spoken, older ones and plain HTTP are not", async () => {
  const health = (tls: object) => kms.health(undefined, { tls });
  for (const tls of [
    { minVersion: "TLSv1.3" },
    { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" },
    { minVersion: "TLSv1.3", ciphers: "TLS_AES_256_GCM_SHA384" },
    { minVersion: "TLSv1.3", ciphers: "TLS_CHACHA20_POLY1305_SHA256" },
  ]) {
    assert.equal((await health(tls)).status, 200, JSON.stringify(tls));
  }
  for (const version of ["TLSv1", "TLSv1.1"]) {
    const tls = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
    assert.notEqual(await codeOf(health(tls)), "none", version);
  }
  const plain = new Promise<number>((resolve, reject) => {
    const sent = plainRequest({ host: "127.0.0.1", port: stage.port, method: "POST", path: `${URI_PATH}/health` });
    sent.on("response", (response) => resolve(response.statusCode ?? 0)).on("error", reject);
    sent.end("{}");
  });
  assert.ok(await errorOf(plain), "plain HTTP gets no answer");
});

test("TLS 1.2 is spoken with AES-256-GCM only", async () => {
  for (const ciphers of ["ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-GCM-SHA256"]) {
    const tls = { maxVersion: "TLSv1.2", ciphers } as const;
    assert.notEqual(await codeOf(kms.health(undefined, { tls })), "none", ciphers);
  }
});

test("neither plaintexts nor secrets are printed by the server", async () => {
  const secret = randomBytes(24);
  await opened(await sealed({ plaintext: base64(secret) }));
  const output = stage.server.output();
  for (const text of [base64(secret), secret.toString("hex"), base64(PLAINTEXT), stage.credential.secret]) {
    assert.ok(!output.includes(text));
  }
});
