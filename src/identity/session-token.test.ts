import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountId } from "../base/index.js";
import { newSecret, SealingKey, Secret } from "../crypto/index.js";
import {
  EMPTY_SCOPE,
  openSession,
  packedPercent,
  packScope,
  type SessionClaims,
  sealSession,
} from "./session-token.js";

const sealer = SealingKey.of(newSecret());
const claims: SessionClaims = {
  account: "111122223333" as AccountId, // twelve digits
  of: { kind: "role", id: "AROADEPLOYDEPLOYDEPLO", name: "nächtlich" },
  issuedMs: 1,
  expiresMs: 2,
  secret: "the-secret-of-this-session",
  chained: true,
  sourceIdentity: "ada",
  scope: { ...EMPTY_SCOPE, policies: ['{"a":"é"}'], tags: [{ key: "Team", value: "blue" }] },
};

test("a token opens with its own access key id and no other", () => {
  const token = sealSession(sealer, "ASIAONE", claims);
  assert.equal(openSession(sealer, "ASIATWO", token), undefined);
  assert.deepEqual(openSession(sealer, "ASIAONE", token), claims);
});

test("a token shows nothing of what it holds", () => {
  const bytes = Buffer.from(sealSession(sealer, "ASIAONE", claims), "base64").toString("latin1");
  for (const hidden of [claims.secret, "AROADEPLOY", "Team", "ada"]) assert.equal(bytes.includes(hidden), false);
});

test("any text that is no token is refused, whatever it is", () => {
  const token = sealSession(sealer, "ASIAONE", claims);
  const truncated = Array.from({ length: 60 }, (_, at) => token.slice(0, at * 4));
  for (const text of ["", "=", "\u0000", "../../etc", ...truncated, `${token}AAAA`])
    assert.equal(openSession(sealer, "ASIAONE", text), undefined, text);
});

test("what a caller lays on a session is measured packed, from nothing to too much", () => {
  const ofBytes = (count: number) => ({
    ...EMPTY_SCOPE,
    policies: [newSecret(count).use((bytes) => bytes.toString("base64"))],
  });
  assert.equal(packedPercent(packScope(EMPTY_SCOPE)), 2);
  assert.ok(packedPercent(packScope(ofBytes(3000))) <= 100);
  assert.ok(packedPercent(packScope(ofBytes(6000))) > 100);
});

/** Sealed by version 1 under 32 bytes of 7. It must open for ever: a changed format is another version. */
const GOLDEN = [
  "AeKtkx2LxQvRRR2t2sQhtsEAAAAANZC/SpYLs9HDLtmDt2jV82sDfkQ4yjlKP4OB42ChNnfIANqglN9LhQrEQtaeKHUkjxb8x2g5",
  "yOlWewnhZMiV61IjQTuPWUIi1lkvaZ6hSj5N17vGr7LM8TeMMeDl+Uy59XnJY/A6eG9LqApeUw2ubxTsTGXbfAgM++pTLP8SU8ZQ",
  "AJ2Cp1C/eyMzaj8uO3xqR8U88cq17c5GuzGzpJuzkCDDQI83a129xUZZPdtdO2ZO/g3ayOWzGprag/2wCVnBMIR+hJfXRSBBUfF9",
  "MJPphTCfibXW9rzCTR8ddNw1mYtZaVPzRTT5nBP4VahX0Qn6UvNn6SSDSDBtDaaYbFGshv2DXrbFxo2hVF0rzg==",
].join("");

test("a token of version 1 still opens", () => {
  const key = SealingKey.of(Secret.own(Buffer.alloc(32, 7)));
  const opened = openSession(key, "ASIAGOLDENGOLDENGOLD", GOLDEN);
  assert.deepEqual(opened, {
    account: "111122223333",
    of: { kind: "role", id: "AROAGOLDENGOLDENGOLDE", name: "night" },
    issuedMs: 1795251600000,
    expiresMs: 1795255200000,
    secret: "golden",
    chained: false,
    scope: { ...EMPTY_SCOPE, tags: [{ key: "Team", value: "blue" }] },
  });
});
