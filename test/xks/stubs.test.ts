import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Certificate, selfSigned } from "./certificate.js";
import { integrityValue, managerAad } from "./parts.js";
import { signatureOf } from "./sigv4.js";
import { type StubKms, someCredential, stubKms } from "./stub-kms.js";
import { type StubProxy, startStubProxy } from "./stub-proxy.js";

// The two judges judge each other, and published values judge what they share.

const URI_PATH = "/stub/kms/xks/v1";
const credential = someCredential();
let certificate: Certificate;
let proxy: StubProxy;
let kms: StubKms;

before(async () => {
  certificate = await selfSigned("localhost");
  proxy = await startStubProxy(certificate);
  proxy.addStore(URI_PATH, credential, ["one"]);
  kms = stubKms({ port: proxy.port, ca: certificate.cert, uriPath: URI_PATH, credential });
});
after(async () => {
  kms.close();
  await proxy.close();
});

test("the signature is that of AWS's published test suite", () => {
  const headers = { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z" };
  const scope = { day: "20150830", region: "us-east-1", service: "service" };
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  assert.equal(
    signatureOf({ method: "GET", path: "/", headers, body: "" }, ["host", "x-amz-date"], scope, secret),
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  );
});

test("the integrity value is that of the published example", () => {
  const parts = {
    aad: Buffer.from("project=nile,department=marketing"),
    metadata: Buffer.from("key_version=1"),
    iv: Buffer.from("HMrlRw85cAJUd5Ax", "base64"),
    ciphertext: Buffer.from("ghxkK1txeDNn3q8Y", "base64"),
    tag: Buffer.from("vBxN2ncH1oEkR8WVXpmyYQ==", "base64"),
  };
  assert.equal(integrityValue(parts).toString("base64"), "qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=");
});

test("metadata moves no border between itself and the additional data", () => {
  const [a, ab, b] = [Buffer.from("a"), Buffer.from("ab"), Buffer.from("b")];
  assert.equal(managerAad(ab, undefined).toString("hex"), "6162");
  assert.equal(managerAad(a, b).toString("hex"), "0001610162");
  assert.equal(managerAad(undefined, ab).toString("hex"), "0000026162");
});

test("what one stub encrypts through the other comes back, and changed parts do not", async () => {
  const plaintext = Buffer.from("Hello World!").toString("base64");
  const additionalAuthenticatedData = Buffer.from("project=nile").toString("base64");
  const made = await kms.encrypt("one", { plaintext, additionalAuthenticatedData });
  assert.equal(made.status, 200);
  const opened = await kms.decrypt("one", { ...made.body, additionalAuthenticatedData });
  assert.deepEqual(opened.body, { plaintext });
  const other = await kms.decrypt("one", { ...made.body });
  assert.deepEqual([other.status, other.body["errorName"]], [400, "InvalidCiphertextException"]);
});

test("the stub proxy refuses what is not signed right", async () => {
  const errorName = async (answer: ReturnType<StubKms["health"]>) => (await answer).body["errorName"];
  const wrong = { ...credential, secret: someCredential().secret };
  const late = new Date(Date.now() - 6 * 60_000);
  assert.equal((await kms.health()).status, 200);
  assert.equal(await errorName(kms.health(undefined, { credential: wrong })), "AuthenticationFailedException");
  assert.equal(await errorName(kms.health(undefined, { date: late })), "AuthenticationFailedException");
  assert.equal(await errorName(kms.health(undefined, { service: "kms" })), "AuthenticationFailedException");
  assert.equal(await errorName(kms.health(undefined, { sentText: "{}" })), "AuthenticationFailedException");
  assert.equal(await errorName(kms.health(undefined, { uriPath: "/kms/xks/v1" })), "InvalidUriPathException");
});
