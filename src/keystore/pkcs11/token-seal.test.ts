import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { utf8 } from "../../base/index.js";
import { CKA, CKK_AES, CKO_SECRET_KEY } from "./constants.js";
import { openByThePage } from "./test-token.js";
import { newSoftHsm, withoutSoftHsm } from "./testing.js";
import { openWith, sealWith } from "./token-keys.js";
import { TokenSession } from "./token-session.js";

interface GoldenSeal {
  readonly key: string;
  readonly aad: string;
  readonly plaintext: string;
  readonly sealed: string;
}

const GOLDEN: readonly GoldenSeal[] = JSON.parse(
  readFileSync(join(process.cwd(), "src", "keystore", "golden", "token-seal.json"), "utf8"),
);

test("golden seals open by the format's page", () => {
  assert.ok(GOLDEN.length > 0);
  for (const { key, aad, plaintext, sealed } of GOLDEN) {
    const opened = openByThePage(Buffer.from(key, "hex"), Buffer.from(sealed, "hex"), utf8(aad));
    assert.equal(opened.toString(), plaintext);
  }
});

test("a token with the golden key opens the golden seals, and what it seals opens by the page", {
  skip: withoutSoftHsm,
}, () => {
  const hsm = newSoftHsm();
  process.env["SOFTHSM2_CONF"] = hsm.environment.SOFTHSM2_CONF;
  const tokenSession = new TokenSession(hsm.place);
  try {
    const open = tokenSession.enter(utf8(hsm.pin));
    for (const { key, aad, plaintext, sealed } of GOLDEN) {
      const handle = open.module.importKey(open.session, [
        [CKA.CLASS, CKO_SECRET_KEY],
        [CKA.KEY_TYPE, CKK_AES],
        [CKA.DERIVE, true],
        [CKA.VALUE, Buffer.from(key, "hex")],
      ]);
      assert.equal(openWith(open, handle, Buffer.from(sealed, "hex"), utf8(aad)).toString(), plaintext);
      const own = sealWith(open, handle, utf8(plaintext), utf8(aad));
      assert.equal(openByThePage(Buffer.from(key, "hex"), own, utf8(aad)).toString(), plaintext);
    }
  } finally {
    tokenSession.reset();
    hsm.remove();
  }
});
