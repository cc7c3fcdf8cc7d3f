import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { isAwsError, ManualClock, silentLog } from "../../../base/index.js";
import { openIssuerKeys } from "./issuer-keys.js";
import { ISSUER, part, signed, testIssuer } from "./testing.js";
import { readToken, verifyToken } from "./token.js";

const clock = new ManualClock("2026-11-21T09:00:00Z");
const NOW = clock.nowMs() / 1000;
const CLAIMS = { iss: ISSUER, sub: "ada", aud: "app", iat: NOW, exp: NOW + 300 };
const issuer = testIssuer();

async function verified(text: string, clientIds = ["app"], from = issuer) {
  const keys = openIssuerKeys({ clock, log: silentLog }, async (url) => from.documents()[url]);
  return verifyToken(readToken(text), clientIds, keys, clock);
}

async function refusal(text: string, clientIds?: string[]): Promise<string> {
  const thrown = await Promise.resolve()
    .then(() => verified(text, clientIds))
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  assert.ok(isAwsError(thrown), String(thrown));
  return `${thrown.code}: ${thrown.message}`;
}

const NO_JWT =
  "InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";

test("what is no token is refused as such", async () => {
  const [head, body, tail] = issuer.token(CLAIMS).split(".");
  const texts = ["", "abcd", "a.b.c", `${head}.${body}`, `${head}.${body}.`, `${head}.${part([])}.${tail}`];
  for (const text of [...texts, `${head}.${body}.${tail}.x`, "x".repeat(20_001)])
    assert.equal(await refusal(text), NO_JWT, text.slice(0, 40));
});

test("no algorithm but the issuer's own kind counts: none, a MAC made of the public key, and a critical header", async () => {
  const unsigned = `${part({ alg: "none" })}.${part(CLAIMS)}.x`;
  assert.equal(await refusal(unsigned), NO_JWT);
  const text = `${part({ alg: "HS256", kid: issuer.kid })}.${part(CLAIMS)}`;
  const pem = createPublicKey(issuer.privateKey).export({ format: "pem", type: "spki" });
  assert.equal(await refusal(`${text}.${createHmac("sha256", pem).update(text).digest("base64url")}`), NO_JWT);
  assert.equal(await refusal(issuer.token(CLAIMS, { crit: ["b64"] })), NO_JWT);
  assert.match(await refusal(issuer.token(CLAIMS, { alg: "RS256" })), /Couldn't retrieve verification key/);
  assert.match(await refusal(issuer.token(CLAIMS, { alg: "ES384" })), /Couldn't retrieve verification key/);
});

test("a signature of somebody else's key, and a changed body, are refused", async () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const header = { alg: "ES256", kid: issuer.kid };
  const words = "InvalidIdentityToken: The web identity token's signature could not be verified.";
  assert.equal(await refusal(signed(other, header, CLAIMS)), words);
  const [head, , tail] = issuer.token(CLAIMS).split(".");
  assert.equal(await refusal(`${head}.${part({ ...CLAIMS, sub: "eve" })}.${tail}`), words);
  assert.match(await refusal(issuer.token(CLAIMS, { kid: "another" })), /Couldn't retrieve verification key/);
});

test("a token ends at its second, and does not begin before its time", async () => {
  assert.equal(
    await refusal(issuer.token({ ...CLAIMS, exp: NOW })),
    `ExpiredTokenException: Token expired: current date/time ${NOW} must be before the expiration date/time ${NOW}`,
  );
  await verified(issuer.token({ ...CLAIMS, exp: NOW + 1 }));
  const early = "InvalidIdentityToken: The web identity token is not valid yet.";
  assert.equal(await refusal(issuer.token({ ...CLAIMS, iat: NOW + 301 })), early);
  assert.equal(await refusal(issuer.token({ ...CLAIMS, nbf: NOW + 301 })), early);
  assert.equal(await refusal(issuer.token({ ...CLAIMS, exp: "later" })), NO_JWT);
});

test("issuer, subject, audience and times must be there", async () => {
  for (const claim of ["iss", "sub", "aud", "exp", "iat"] as const)
    assert.equal(
      await refusal(issuer.token({ ...CLAIMS, [claim]: undefined })),
      `InvalidIdentityToken: Missing a required claim: ${claim}`,
    );
});

test("the audience is one of the provider's clients; the party that it was issued to goes before", async () => {
  const wrong = "InvalidIdentityToken: Incorrect token audience";
  assert.equal(await refusal(issuer.token(CLAIMS), ["App"]), wrong);
  assert.equal(await refusal(issuer.token(CLAIMS), []), wrong);
  assert.equal(await refusal(issuer.token({ ...CLAIMS, azp: "other" })), wrong);
  assert.equal((await verified(issuer.token({ ...CLAIMS, aud: "api", azp: "app" }))).audience, "app");
  assert.equal((await verified(issuer.token({ ...CLAIMS, aud: ["x", "app"] }))).audience, "app");
});

test("RS256 and ES256 verify, with and without a key id", async () => {
  for (const type of ["rsa", "ec"] as const) {
    const from = testIssuer(type);
    for (const header of [{}, { kid: undefined }]) {
      const { subject, amr } = await verified(from.token({ ...CLAIMS, amr: ["pwd", "otp"] }, header), ["app"], from);
      assert.deepEqual([subject, amr], ["ada", ["pwd", "otp"]]);
    }
  }
});
