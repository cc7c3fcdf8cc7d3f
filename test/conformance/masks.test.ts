import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "./masks.js";

const one = { a: { VersionId: "<version-id:1>", When: "datetime", Bucket: "bucket", ETag: '"e1"' } };
const good = { a: { VersionId: "v", When: "2026-01-01", Bucket: "b", ETag: '"e1"' } };

test("a mask fits any text, but the same one the same text", () => {
  assert.deepEqual(faultsOf(one, good, false), []);
  const twice = { ...one, b: { Message: "version <version-id:1> of 111111111111" } };
  assert.deepEqual(faultsOf(twice, { ...good, b: { Message: "version v of 000000000000" } }, false), []);
  assert.equal(faultsOf(twice, { ...good, b: { Message: "version w of 000000000000" } }, false).length, 1);
  assert.equal(faultsOf(twice, { ...good, b: { Message: "versions v of 000000000000" } }, false).length, 1);
});

test("what is missing, too much or another is found", () => {
  assert.equal(faultsOf(one, {}, true).length, 1);
  assert.equal(faultsOf(one, { a: { ...good.a, More: 1 } }, true).length, 1);
  assert.equal(faultsOf(one, { a: { ...good.a, ETag: '"e2"' } }, false).length, 1);
  assert.equal(faultsOf({ list: [1] }, { list: [1, 2] }, true).length, 1);
  assert.equal(faultsOf({ n: 1 }, { n: "1" }, true).length, 1);
});

test("other values are taken as long as they are equal where the recording's were", () => {
  const recorded = { put: { ETag: '"e1"' }, get: { ETag: '"e1"' }, attributes: { ETag: "e1" } };
  const actual = { put: { ETag: '"x"' }, get: { ETag: '"x"' }, attributes: { ETag: "x" } };
  assert.deepEqual(faultsOf(recorded, actual, true), []);
  assert.equal(faultsOf(recorded, { ...actual, get: { ETag: '"y"' } }, true).length, 1);
});

test("of headers those that the recording names count", () => {
  const recorded = { ResponseMetadata: { HTTPHeaders: { etag: "a" } } };
  assert.deepEqual(faultsOf(recorded, { ResponseMetadata: { HTTPHeaders: { etag: "a", date: "b" } } }, false), []);
  assert.equal(faultsOf(recorded, { ResponseMetadata: { HTTPHeaders: { etag: "b" } } }, false).length, 1);
});

test("headers are compared whole, in any case, but for how the body is framed", () => {
  const recorded = {
    a: { Headers: { Vary: "Origin", "Transfer-Encoding": "chunked", "x-amz-id-2": "<x-amz-id-2:1>" } },
  };
  const given = { vary: "Origin", "Content-Length": "5", Connection: "keep-alive", "x-amz-id-2": "id" };
  assert.deepEqual(faultsOf(recorded, { a: { Headers: given } }, false), []);
  assert.equal(faultsOf(recorded, { a: { Headers: { ...given, "access-control-max-age": "1" } } }, false).length, 1);
  assert.equal(faultsOf(recorded, { a: { Headers: { ...given, vary: "Accept" } } }, false).length, 1);
});

test("an element of a page is no mask, and what passes with each request may be another each time", () => {
  const page = { a: { text: "<h1>No</h1> <request-id>" }, b: { text: "<h1>No</h1> <request-id>" } };
  assert.deepEqual(faultsOf(page, { a: { text: "<h1>No</h1> 1" }, b: { text: "<h1>No</h1> 2" } }, false), []);
  assert.equal(faultsOf(page, { a: { text: "<b>No</h1> 1" }, b: { text: "<h1>No</h1> 2" } }, false).length, 1);
});
