import assert from "node:assert/strict";
import { test } from "node:test";
import { readGolden, testKey } from "../testing.js";
import { blobKey, describeBlob, sealBlob } from "./ciphertext-blob.js";
import { makeStoreBlob, readStoreBlob, storeBlobHead } from "./store-blob.js";

const HEADER = {
  account: "111122223333",
  keyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
  materialId: "5a".repeat(32),
};

test("a blob of a custom key store gives back what it was made of", () => {
  const blob = readStoreBlob(makeStoreBlob(HEADER, Buffer.from("sealed")));
  assert.deepEqual(blob, { header: HEADER, head: storeBlobHead(HEADER), sealed: Buffer.from("sealed") });
});

test("every golden blob still reads", () => {
  for (const { account = "", keyId = "", materialId = "", sealed = "", blob = "" } of readGolden("store-blob.json")) {
    const read = readStoreBlob(Buffer.from(blob, "hex")) ?? assert.fail("unread");
    assert.deepEqual(read.header, { account, keyId, materialId });
    assert.equal(read.sealed.toString("hex"), sealed);
    assert.equal(makeStoreBlob(read.header, read.sealed).toString("hex"), blob);
  }
});

test("neither kind of blob passes for the other", () => {
  const plain = sealBlob(blobKey(testKey(1), HEADER), Buffer.from("x"), Buffer.alloc(4));
  assert.equal(readStoreBlob(plain), undefined);
  assert.equal(describeBlob(makeStoreBlob(HEADER, Buffer.alloc(100))), undefined);
});

test("a head alone, half a head and too long a blob are no blobs", () => {
  const blob = makeStoreBlob(HEADER, Buffer.from("s"));
  for (let length = 0; length < blob.length; length++) assert.equal(readStoreBlob(blob.subarray(0, length)), undefined);
  assert.equal(readStoreBlob(Buffer.concat([blob, Buffer.alloc(6144)])), undefined);
  assert.throws(() => makeStoreBlob(HEADER, Buffer.alloc(0)));
  assert.throws(() => makeStoreBlob(HEADER, Buffer.alloc(6100)));
});
