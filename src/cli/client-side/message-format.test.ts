import assert from "node:assert/strict";
import { test } from "node:test";
import { type Envelope, FormatError, parseInstruction, readEnvelope, writeEnvelope } from "./message-format.js";

const V2: Envelope = {
  format: "V2",
  wrap: "kms+context",
  wrappedKey: Buffer.from("wrapped"),
  description: { "aws:x-amz-cek-alg": "AES/GCM/NoPadding", straße: "ß €" },
  nonce: Buffer.alloc(12, 1),
};
const V3: Envelope = {
  ...V2,
  format: "V3",
  description: { "aws:x-amz-cek-alg": "115" },
  nonce: Buffer.alloc(28, 1),
  commitment: Buffer.alloc(28, 2),
};

test("an envelope is read as it was written, from the object and from a file, and is ASCII", () => {
  for (const envelope of [
    V2,
    V3,
    { ...V3, wrap: "AES/GCM", description: {} } as const,
    { ...V2, wrap: "RSA-OAEP-SHA1" } as const,
  ]) {
    for (const inFile of [false, true]) {
      const { metadata, instruction } = writeEnvelope(envelope, inFile);
      assert.equal(instruction !== undefined, inFile);
      assert.match(JSON.stringify([metadata, instruction]), /^[ -~]*$/);
      const read = readEnvelope(metadata, instruction && parseInstruction(JSON.stringify(instruction)));
      assert.deepEqual(read, envelope);
    }
  }
});

test("the names are the official clients'", () => {
  assert.deepEqual(Object.keys(writeEnvelope(V2, false).metadata).sort(), [
    "x-amz-cek-alg",
    "x-amz-iv",
    "x-amz-key-v2",
    "x-amz-matdesc",
    "x-amz-tag-len",
    "x-amz-wrap-alg",
  ]);
  const { metadata, instruction } = writeEnvelope(V3, true);
  assert.deepEqual(Object.keys(metadata).sort(), ["x-amz-c", "x-amz-d", "x-amz-i"]);
  assert.deepEqual(instruction, {
    "x-amz-3": "d3JhcHBlZA==",
    "x-amz-w": "12",
    "x-amz-t": '{"aws:x-amz-cek-alg":"115"}',
  });
  assert.deepEqual(writeEnvelope(V2, true).metadata, {});
});

test("what deviates from the formats is refused", () => {
  const [v2, v3] = [writeEnvelope(V2, false).metadata, writeEnvelope(V3, false).metadata];
  const split = writeEnvelope(V3, true);
  const refused: readonly [what: string, ...Parameters<typeof readEnvelope>][] = [
    ["nothing of the format", {}, undefined],
    ["two formats", { ...v2, ...v3 }, undefined],
    ["the old format", { "x-amz-key": "AAAA", "x-amz-iv": "AAAA" }, undefined],
    ["another cipher", { ...v2, "x-amz-cek-alg": "AES/CBC/PKCS5Padding" }, undefined],
    ["no cipher", { ...v2, "x-amz-cek-alg": "" }, undefined],
    ["a short tag", { ...v2, "x-amz-tag-len": "96" }, undefined],
    ["another wrap", { ...v2, "x-amz-wrap-alg": "kms" }, undefined],
    ["another wrap of V3", { ...v3, "x-amz-w": "11" }, undefined],
    ["another suite", { ...v3, "x-amz-c": "114" }, undefined],
    ["a short nonce", { ...v2, "x-amz-iv": "AAAA" }, undefined],
    ["a short commitment", { ...v3, "x-amz-d": "AAAA" }, undefined],
    ["no base64", { ...v3, "x-amz-3": "*" }, undefined],
    ["a description that is no map", { ...v2, "x-amz-matdesc": "[1]" }, undefined],
    ["a description that holds a number", { ...v2, "x-amz-matdesc": '{"a":1}' }, undefined],
    ["a file that speaks for the object", split.metadata, { ...split.instruction, "x-amz-d": v3["x-amz-d"] ?? "" }],
    ["object and file", { "x-amz-iv": v2["x-amz-iv"] ?? "" }, v2],
  ];
  for (const [what, metadata, instruction] of refused) {
    assert.throws(() => readEnvelope(metadata, instruction), FormatError, what);
  }
  for (const text of ["", "[]", "null", '{"x-amz-3":1}', '{"x-amz-3":"a","other":"b"}']) {
    assert.throws(() => parseInstruction(text), FormatError, text);
  }
});
