import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../../src/base/index.js";
import { loadAddon } from "../../src/crypto/addon.js";
import { addonPrimitives } from "../../src/crypto/addon-primitives.js";
import {
  type HmacAlgorithm,
  hkdf,
  isMac,
  type KeyWrap,
  mac,
  Secret,
  unwrapKey,
  wrapKey,
} from "../../src/crypto/index.js";
import { nodePrimitives } from "../../src/crypto/node-primitives.js";
import { hexBytes, keyOf, nameOf, readVectors, Skips, type Vector } from "./wycheproof-vectors.js";

const isBroken = { name: "BrokenSeal" };

test("AES-GCM: valid vectors seal and open, all others do not open", () => {
  const skips = new Skips();
  let run = 0;
  for (const group of readVectors("aes_gcm")) {
    for (const vector of group.tests) {
      if (group["keySize"] !== 256) skips.skip("256-bit keys only");
      else if (group["ivSize"] !== 96) skips.skip("96-bit nonces only");
      else {
        checkGcm(vector, nameOf("aes_gcm", vector));
        run += 1;
      }
    }
  }
  assert.deepEqual(
    { run, skips: skips.byReason },
    { run: 66, skips: { "256-bit keys only": 211, "96-bit nonces only": 39 } },
  );
});

const addon = loadAddon();
const both = [nodePrimitives, ...(addon === undefined ? [] : [addonPrimitives(addon)])];

function checkGcm(vector: Vector, name: string): void {
  const key = keyOf(vector["key"]);
  const [nonce, aad, plaintext] = [hexBytes(vector["iv"]), hexBytes(vector["aad"]), hexBytes(vector["msg"])];
  const sealed = Buffer.concat([hexBytes(vector["ct"]), hexBytes(vector["tag"])]);
  for (const primitives of both) {
    for (const either of [key, key.export()]) {
      const target = Buffer.alloc(Math.max(0, sealed.length - 16), 0xaa);
      const isValid = vector.result === "valid";
      assert.equal(primitives.open(either, nonce, sealed, aad, target, 0), isValid, name);
      assert.equal(hex(target), isValid ? vector["msg"] : "00".repeat(target.length), name);
      if (!isValid) continue;
      const again = Buffer.alloc(sealed.length);
      primitives.seal(either, nonce, plaintext, aad, again, 0);
      assert.equal(hex(again), hex(sealed), name);
    }
  }
}

const HMAC_FILES: readonly (readonly [string, HmacAlgorithm])[] = [
  ["hmac_sha224", "HMAC_SHA_224"],
  ["hmac_sha256", "HMAC_SHA_256"],
  ["hmac_sha384", "HMAC_SHA_384"],
  ["hmac_sha512", "HMAC_SHA_512"],
];

for (const [file, algorithm] of HMAC_FILES) {
  test(`${algorithm}: whole tags are judged as the vectors say`, () => {
    let run = 0;
    for (const group of readVectors(file)) {
      for (const vector of group.tests) {
        const [key, message, tag] = [keyOf(vector["key"]), hexBytes(vector["msg"]), hexBytes(vector["tag"])];
        const isRight = vector.result === "valid";
        // Cut tags: our tags are whole, so the cut one is refused and the beginning of ours must be as the vector says.
        const whole = mac(algorithm, key, message);
        assert.equal(whole.subarray(0, tag.length).equals(tag), isRight, nameOf(file, vector));
        assert.equal(isMac(algorithm, key, message, tag), isRight && tag.length === whole.length, nameOf(file, vector));
        run += 1;
      }
    }
    assert.ok(run > 150, `${run} vectors were run`);
  });
}

test("HKDF-SHA-256: gives the vectors' keys and refuses impossible lengths", () => {
  let run = 0;
  for (const group of readVectors("hkdf_sha256")) {
    for (const vector of group.tests) {
      const derive = () =>
        hkdf(keyOf(vector["ikm"]), hexBytes(vector["salt"]), hexBytes(vector["info"]), Number(vector["size"]));
      if (vector.result === "valid") assert.equal(derive().use(hex), vector["okm"], nameOf("hkdf_sha256", vector));
      else assert.throws(derive, { name: "BrokenNeed" }, nameOf("hkdf_sha256", vector));
      run += 1;
    }
  }
  assert.equal(run, 86);
});

const WRAP_FILES: readonly (readonly [string, KeyWrap])[] = [
  ["aes_wrap", "AES_KW"],
  ["aes_kwp", "AES_KWP"],
];

for (const [file, algorithm] of WRAP_FILES) {
  test(`${algorithm}: valid vectors wrap and unwrap, no other unwraps`, () => {
    let run = 0;
    for (const group of readVectors(file)) {
      for (const vector of group.tests) {
        checkWrap(algorithm, vector, nameOf(file, vector));
        run += 1;
      }
    }
    assert.ok(run > 150, `${run} vectors were run`);
  });
}

function checkWrap(algorithm: KeyWrap, vector: Vector, name: string): void {
  const [key, wrapped] = [keyOf(vector["key"]), hexBytes(vector["ct"])];
  // "Acceptable" are keys of one block only, which RFC 3394 does not know: we refuse them.
  if (vector.result !== "valid") {
    assert.throws(() => unwrapKey(algorithm, key, wrapped), isBroken, name);
    return;
  }
  assert.equal(unwrapKey(algorithm, key, wrapped).use(hex), vector["msg"], name);
  assert.equal(hex(wrapKey(algorithm, key, Secret.own(hexBytes(vector["msg"])))), vector["ct"], name);
}
