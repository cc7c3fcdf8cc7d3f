import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

const NAME = "TagOpenIDConnectProvider";
const tags = (...keys: string[]) => ({ Tags: keys.map((Key) => ({ Key, Value: Key })) });
guardsProvider(NAME, tags("a"));

test(`${NAME} refuses a key twice in whatever case, and a fifty-first tag`, async (t) => {
  const iam = await withProvider(t);
  await assert.rejects(iam.call(NAME, { ...about, ...tags("a", "A") }), { code: "InvalidInput" });
  await iam.call(NAME, { ...about, ...tags(...Array.from({ length: 50 }, (_, at) => `k${at}`)) });
  await iam.call(NAME, { ...about, ...tags("K0") });
  await assert.rejects(iam.call(NAME, { ...about, ...tags("one-more") }), { code: "LimitExceeded" });
});
