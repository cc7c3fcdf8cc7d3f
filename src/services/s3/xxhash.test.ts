import assert from "node:assert/strict";
import { test } from "node:test";
import { CHECKSUMS, checksumOfParts, multipartType, prepareChecksum } from "./checksums.js";
import { isXxHash, makeXxHash, prepareXxHash, type XxHash } from "./xxhash.js";

// The digests of nothing, as every implementation of the published algorithms gives them.
const OF_NOTHING: Readonly<Record<XxHash, string>> = {
  XXHASH64: "ef46db3751d8e999",
  XXHASH3: "2d06800538d394c2",
  XXHASH128: "99aa06d3014798d86001c324468d497f",
};

for (const [name, digest] of Object.entries(OF_NOTHING)) {
  test(`${name} starts at its published value, and two at once do not disturb each other`, async () => {
    assert.ok(isXxHash(name));
    await prepareXxHash(name);
    assert.equal(makeXxHash(name).digest().toString("hex"), digest);
    const [one, other, whole] = [makeXxHash(name), makeXxHash(name), makeXxHash(name)];
    for (let at = 0; at < 300; at += 7) {
      one.update(Buffer.alloc(7, at));
      other.update(Buffer.alloc(9, at + 1));
      whole.update(Buffer.alloc(7, at));
    }
    const expected = whole.digest().toString("hex");
    assert.equal(one.digest().toString("hex"), expected);
    assert.notEqual(other.digest().toString("hex"), expected);
    assert.equal(expected.length, CHECKSUMS[name].bytes * 2);
  });
}

test("what came in 2026 is composite alone in uploads", async () => {
  for (const name of ["SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"] as const) {
    await prepareChecksum(name);
    assert.equal(multipartType(name, undefined), "COMPOSITE");
    assert.throws(() => multipartType(name, "FULL_OBJECT"), /FULL_OBJECT checksum type cannot be used with/);
    const part = CHECKSUMS[name].make();
    part.update(Buffer.from("part"));
    const parts = [{ value: part.digest().toString("base64"), bytes: 4 }];
    assert.match(checksumOfParts(name, "COMPOSITE", parts).value, /^[A-Za-z0-9+/]+=*-1$/);
  }
});
