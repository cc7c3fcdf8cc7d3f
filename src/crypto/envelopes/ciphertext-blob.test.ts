import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, utf8 } from "../../base/index.js";
import { assertEveryChangeIsFound, readGolden, testKey } from "../testing.js";
import { type BlobHeader, blobKey, describeBlob, MOST_BLOB_BYTES, openBlob, sealBlob } from "./ciphertext-blob.js";
import { canonicalContext } from "./context.js";

const HEADER: BlobHeader = {
  account: "000122223333",
  keyId: "mrk-1234abcd12ab34cd56ef1234567890ab",
  materialId: "ab".repeat(32),
};
const KEY = blobKey(testKey(1), HEADER);
const CONTEXT = canonicalContext({ purpose: "test" });
const OTHER_CONTEXT = canonicalContext({ purpose: "another" });
const PLAINTEXT = utf8("a data key, say");
const isBroken = { name: "BrokenSeal" };

test("a blob opens with its key and context, and says whose it is without any", () => {
  const blob = sealBlob(KEY, PLAINTEXT, CONTEXT);
  assert.deepEqual(openBlob(KEY, blob, CONTEXT), PLAINTEXT);
  assert.deepEqual(describeBlob(blob), HEADER);
});

test("no two blobs share a salt", () => {
  const blobs = Array.from({ length: 1000 }, () => hex(sealBlob(KEY, PLAINTEXT, CONTEXT)));
  const saltAt = KEY.prefix.length * 2;
  assert.equal(new Set(blobs.map((blob) => blob.slice(saltAt, saltAt + 64))).size, 1000);
});

test("every changed bit and every cut is found", () => {
  assertEveryChangeIsFound(sealBlob(KEY, PLAINTEXT, CONTEXT), (changed) => openBlob(KEY, changed, CONTEXT));
});

test("another context does not open it", () => {
  const blob = sealBlob(KEY, PLAINTEXT, CONTEXT);
  for (const context of [OTHER_CONTEXT, canonicalContext({}), Buffer.alloc(0)]) {
    assert.throws(() => openBlob(KEY, blob, context), isBroken);
  }
});

test("the same key bytes under another key id, account or material id open nothing", () => {
  const blob = sealBlob(KEY, PLAINTEXT, CONTEXT);
  const others = [
    { ...HEADER, keyId: "mrk-1234abcd12ab34cd56ef1234567890ac" },
    { ...HEADER, account: "000122223334" },
    { ...HEADER, materialId: "ac".repeat(32) },
  ].map((header) => blobKey(testKey(1), header));
  for (const other of others) {
    assert.throws(() => openBlob(other, blob, CONTEXT), isBroken);
    // Even when the header is rewritten to suit, for the message key is derived from it.
    const forged = Buffer.concat([other.prefix, blob.subarray(KEY.prefix.length)]);
    assert.throws(() => openBlob(other, forged, CONTEXT), isBroken);
  }
});

test("the halves of two blobs do not make a third", () => {
  const [a, b] = [sealBlob(KEY, PLAINTEXT, CONTEXT), sealBlob(KEY, PLAINTEXT, CONTEXT)];
  for (let at = KEY.prefix.length + 1; at < a.length; at++) {
    assert.throws(() => openBlob(KEY, Buffer.concat([a.subarray(0, at), b.subarray(at)]), CONTEXT), isBroken);
  }
});

test("4096 bytes fit with the longest key id, and what does not fit is refused", () => {
  const longest = blobKey(testKey(1), { ...HEADER, keyId: "k".repeat(128) });
  assert.ok(sealBlob(longest, Buffer.alloc(4096), CONTEXT).length <= MOST_BLOB_BYTES);
  assert.throws(() => sealBlob(longest, Buffer.alloc(6144), CONTEXT), { name: "BrokenNeed" });
  assert.throws(() => openBlob(KEY, Buffer.concat([KEY.prefix, Buffer.alloc(7000)]), CONTEXT), isBroken);
});

test("what cannot be a blob is not described", () => {
  const blob = sealBlob(KEY, PLAINTEXT, CONTEXT);
  const shortKeyId = Buffer.from(blob);
  shortKeyId[1] = 2;
  const badAccount = Buffer.from(blob);
  badAccount.fill(0xff, 2, 8);
  const badKeyId = Buffer.from(blob);
  badKeyId[9] = 0x0a;
  const strange = [Buffer.alloc(0), Buffer.alloc(200), shortKeyId, badAccount, badKeyId, blob.subarray(0, 100)];
  for (const bytes of [...strange, Buffer.alloc(7000, 1)]) assert.equal(describeBlob(bytes), undefined);
});

test("headers that could not be read back are not made", () => {
  const wrong = [{ account: "12" }, { keyId: "abc" }, { keyId: "a b c d e" }, { materialId: "AB".repeat(32) }];
  for (const part of wrong) assert.throws(() => blobKey(testKey(1), { ...HEADER, ...part }), { name: "BrokenNeed" });
});

test("the golden blobs of every version open", () => {
  for (const { material, account, keyId, materialId, context, blob, plaintext } of readGolden("ciphertext-blob.json")) {
    const key = blobKey(testKey(Number(material)), { account: account!, keyId: keyId!, materialId: materialId! });
    assert.equal(hex(openBlob(key, Buffer.from(blob!, "hex"), Buffer.from(context!, "hex"))), plaintext);
  }
});
