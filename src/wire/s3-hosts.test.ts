import assert from "node:assert/strict";
import { test } from "node:test";
import { openWire } from "./index.js";

const wire = openWire({ modelsFolder: "models", s3Domain: "Store.Example" });
const recognised = (host: string) => {
  const found = wire.recognise({ method: "GET", path: "/", query: "", headers: { host }, rawHeaders: [] });
  return [found?.service.id, found?.bucketFromHost, found?.website];
};

test("a host names a bucket, dots in its name included, below S3's own hosts and the domain of the settings", () => {
  assert.deepEqual(recognised("a.b.s3.localhost:4599"), ["s3", "a.b", undefined]);
  assert.deepEqual(recognised("kms.s3.us-east-1.amazonaws.com"), ["s3", "kms", undefined]);
  assert.deepEqual(recognised("a.b.store.example:4599"), ["s3", "a.b", undefined]);
  assert.deepEqual(recognised("store.example"), ["s3", undefined, undefined]);
  assert.deepEqual(recognised("a.notstore.example"), ["s3", undefined, undefined]);
  assert.deepEqual(recognised("127.0.0.1:4599"), ["s3", undefined, undefined]);
});

test("a website's host is told from the API's", () => {
  assert.deepEqual(recognised("a.b.s3-website-eu-west-1.localhost"), ["s3", "a.b", true]);
  assert.deepEqual(recognised("a.s3-website.eu-west-1.store.example"), ["s3", "a", true]);
  assert.deepEqual(recognised("s3-website.localhost"), ["s3", undefined, true]);
});
