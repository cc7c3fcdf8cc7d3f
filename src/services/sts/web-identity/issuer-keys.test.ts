import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { isAwsError, ManualClock, silentLog } from "../../../base/index.js";
import { openIssuerKeys } from "./issuer-keys.js";
import { ISSUER, testIssuer } from "./testing.js";

const { documents, kid } = testIssuer();
const CONFIGURATION = `${ISSUER}/.well-known/openid-configuration`;

/** Keys of an issuer that serves these documents; a function is asked, an Error is thrown. */
function open(served: Record<string, unknown> = { ...documents() }) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const keys = openIssuerKeys({ clock, log: silentLog }, async (url) => {
    asked.push(url);
    if (served[url] instanceof Error) throw served[url];
    return served[url];
  });
  const codeFor = (id: string | undefined) =>
    keys.keysFor(ISSUER, id).then(
      (found) => found.length,
      (thrown: unknown) => (isAwsError(thrown) ? thrown.code : String(thrown)),
    );
  return { clock, asked, served, codeFor };
}

test("keys are fetched once an hour, and all who ask meanwhile share the one fetch", async () => {
  const { clock, asked, codeFor } = open();
  assert.deepEqual(await Promise.all([codeFor(kid), codeFor(kid), codeFor(undefined)]), [1, 1, 1]);
  assert.deepEqual(asked, [CONFIGURATION, `${ISSUER}/keys`]);
  clock.advance(3600_000 - 1);
  await codeFor(kid);
  assert.equal(asked.length, 2);
  clock.advance(1);
  await codeFor(kid);
  assert.equal(asked.length, 4);
});

test("an unknown key makes the issuer be asked again, but not by every request", async () => {
  const { clock, asked, codeFor, served } = open();
  await codeFor(kid);
  for (let count = 0; count < 50; count += 1) assert.equal(await codeFor("rotated"), 0);
  assert.equal(asked.length, 2);
  const [key] = (documents()[`${ISSUER}/keys`] as { keys: object[] }).keys;
  served[`${ISSUER}/keys`] = { keys: [{ ...key, kid: "rotated" }] };
  clock.advance(10_000);
  assert.equal(await codeFor("rotated"), 1);
  assert.equal(asked.length, 4);
});

test("an issuer that is down is not asked by every request either, and is believed when it is back", async () => {
  const { clock, asked, codeFor, served } = open({ [CONFIGURATION]: new Error("ECONNREFUSED") });
  for (let count = 0; count < 50; count += 1) assert.equal(await codeFor(kid), "IDPCommunicationError");
  assert.equal(asked.length, 1);
  Object.assign(served, documents());
  clock.advance(10_000);
  assert.equal(await codeFor(kid), 1);
});

test("a document of another issuer, keys without TLS, and nonsense are refused", async () => {
  const bad: unknown[] = [
    { issuer: `${ISSUER}x`, jwks_uri: `${ISSUER}/keys` },
    { issuer: ISSUER, jwks_uri: "http://id.example.com/tenant/keys" },
    { issuer: ISSUER, jwks_uri: "file:///etc/passwd" },
    { issuer: ISSUER },
    [],
    "text",
    null,
    new SyntaxError("no JSON"),
  ];
  for (const configuration of bad) {
    const { codeFor, asked } = open({ ...documents(), [CONFIGURATION]: configuration });
    assert.equal(await codeFor(kid), "InvalidIdentityToken", JSON.stringify(configuration));
    assert.deepEqual(asked, [CONFIGURATION]);
  }
  for (const keys of [undefined, {}, { keys: "x" }, { keys: Array(101).fill({}) }])
    assert.equal(await open({ ...documents(), [`${ISSUER}/keys`]: keys }).codeFor(kid), "InvalidIdentityToken");
});

test("keys that are not for signatures, too short, secret or broken are passed over", async () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  const [good] = (documents()[`${ISSUER}/keys`] as { keys: object[] }).keys;
  const keys = [
    { ...good, use: "enc" },
    weak,
    { kty: "oct", k: "AAAA" },
    { kty: "EC", crv: "P-256", x: "AA", y: "AA" },
    7,
    good,
  ];
  assert.equal(await open({ ...documents(), [`${ISSUER}/keys`]: { keys } }).codeFor(undefined), 1);
});
