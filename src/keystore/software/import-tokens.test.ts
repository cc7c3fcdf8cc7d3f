import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hex } from "../../base/index.js";
import { keyHandle, privateKeyBytes, Secret } from "../../crypto/index.js";
import { testKeyPairs } from "../../crypto/testing.js";
import { Root } from "../root/root.js";
import { sealImportToken, unwrapWithToken } from "./import-tokens.js";
import { IMPORT_IDS_PURPOSE, importedId } from "./imported-material.js";

interface GoldenToken {
  readonly master: number;
  readonly account: string;
  readonly region: string;
  readonly keyId: string;
  readonly validTo: number;
  readonly token: string;
  readonly wrapped: string;
  readonly material: string;
  readonly id: string;
}

test("the golden tokens open to the end of their validity, and name the material as ever", () => {
  const path = join(process.cwd(), "src", "keystore", "golden", "import-token.json");
  const tokens: readonly GoldenToken[] = JSON.parse(readFileSync(path, "utf8"));
  assert.equal(tokens.length, 4, "one an algorithm");
  for (const golden of tokens) {
    const root = new Root(Secret.own(Buffer.alloc(32, golden.master)));
    const open = (now: number) =>
      unwrapWithToken(
        root,
        golden,
        Buffer.from(golden.token, "hex"),
        Buffer.from(golden.wrapped, "hex"),
        new Date(now),
      );
    const secret = open(golden.validTo - 1);
    assert.equal(secret.use(hex), golden.material);
    assert.equal(importedId(keyHandle(root.houseKey(IMPORT_IDS_PURPOSE)), golden, secret), golden.id);
    assert.throws(() => open(golden.validTo), { reason: "expired-token" });
  }
});

test("the longest token is one that KMS may give", async () => {
  const root = new Root(Secret.own(Buffer.alloc(32, 1)));
  const owner = { account: "111122223333", region: "us-east-1", keyId: `mrk-${"0".repeat(32)}` };
  const pkcs8 = privateKeyBytes((await testKeyPairs()("RSA_4096")).privateKey);
  const token = sealImportToken(root, owner, { algorithm: "RSA_AES_KEY_WRAP_SHA_256", validTo: new Date(1), pkcs8 });
  assert.ok(token.length <= 6144);
  assert.ok(!token.includes(pkcs8.use((bytes) => bytes.subarray(100, 132))), "the private key is sealed");
});
