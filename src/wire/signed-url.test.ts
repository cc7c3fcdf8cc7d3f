import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestHead } from "./port.js";
import { formAsPut } from "./s3-browser.js";
import { headOfSignedUrl, signedHeadOfUrl } from "./signed-url.js";
import { refused } from "./testing.js";

const sent = (query: string, headers: Record<string, string> = {}): RequestHead => ({
  method: "PUT",
  path: "/b/k",
  query,
  headers: { host: "localhost", ...headers },
  rawHeaders: Object.entries(headers).flat(),
});
const V4 = "X-Amz-Algorithm=a&X-Amz-Credential=c&X-Amz-SignedHeaders=host&X-Amz-Signature=s&X-Amz-Security-Token=t";

test("what a signer moved into the URL counts as a header, in either version", () => {
  for (const signature of [V4, "AWSAccessKeyId=a&Signature=s&Expires=1"]) {
    const head = sent(`X-Amz-Meta-Foo=a%20b&x-amz-acl=private&x-id=PutObject&${signature}`);
    const { headers, rawHeaders } = headOfSignedUrl(head);
    assert.deepEqual(headers, { host: "localhost", "x-amz-meta-foo": "a b", "x-amz-acl": "private" });
    assert.deepEqual(rawHeaders, head.rawHeaders);
  }
});

test("nothing is a header in a URL without a signature, and what was sent comes first", () => {
  const unsigned = sent("x-amz-acl=public-read&signature=s");
  assert.equal(headOfSignedUrl(unsigned), unsigned);
  const both = headOfSignedUrl(sent(`x-amz-acl=public-read&x-amz-acl=x&${V4}`, { "x-amz-acl": "private" }));
  assert.equal(both.headers["x-amz-acl"], "private");
});

test("a checksum in the URL is covered by the signature, and says nothing of the body", () => {
  const head = sent(`x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&${V4}`);
  assert.equal(headOfSignedUrl(head), head);
  assert.equal(signedHeadOfUrl(head).headers["x-amz-checksum-crc32"], "AAAAAA==");
});

test("a customer's key is no part of a URL", () => {
  const head = sent(`x-amz-server-side-encryption-customer-key=k&${V4}`);
  assert.equal(signedHeadOfUrl(head), head);
});

test("text is any text, signed by its bytes; and a line break, which could hide another header, is refused", () => {
  const head = sent(`x-amz-meta-a=%C3%A9&${V4}`);
  assert.equal(headOfSignedUrl(head).headers["x-amz-meta-a"], "\u00e9");
  assert.equal(signedHeadOfUrl(head).headers["x-amz-meta-a"], "\u00c3\u00a9");
  for (const text of ["a%0Ax-amz-acl:private", "a%0D", "%00", "%7F"])
    assert.throws(() => headOfSignedUrl(sent(`x-amz-meta-a=${text}&${V4}`)), refused("InvalidArgument"));
  for (const name of ["a%0D%0Ab", "a%20b", "%C3%BC", "a:b"])
    assert.throws(() => headOfSignedUrl(sent(`x-amz-meta-${name}=1&${V4}`)), refused("InvalidArgument"));
});

test("a form's field whose name no header has is refused, too", () => {
  const form = (name: string) => ({
    fields: new Map([[name, "1"]]),
    file: { name: "", contentType: undefined },
    body: (async function* () {})(),
  });
  assert.equal(formAsPut(sent(""), form("x-amz-meta-a")).head.headers["x-amz-meta-a"], "1");
  for (const name of ["x-amz-meta-a b", "x-amz-meta-\u00fc", "x-amz-meta-a:b"])
    assert.throws(() => formAsPut(sent(""), form(name)), refused("InvalidArgument"));
});
