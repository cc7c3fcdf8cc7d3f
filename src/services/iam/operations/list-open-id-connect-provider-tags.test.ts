import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

const NAME = "ListOpenIDConnectProviderTags";
guardsProvider(NAME, {});

test(`${NAME} pages in order of key`, async (t) => {
  const Tags = ["b", "a"].map((Key) => ({ Key, Value: "" }));
  const iam = await withProvider(t, { Tags });
  const first = await iam.call(NAME, { ...about, MaxItems: 1 });
  assert.deepEqual([first.Tags?.[0]?.Key, first.IsTruncated], ["a", true]);
  const second = await iam.call(NAME, { ...about, Marker: first.Marker });
  assert.deepEqual([second.Tags?.[0]?.Key, second.IsTruncated], ["b", false]);
});
