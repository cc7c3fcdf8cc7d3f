import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

const NAME = "UpdateOpenIDConnectProviderThumbprint";
guardsProvider(NAME, { ThumbprintList: ["a".repeat(40)] });

test(`${NAME} replaces the whole list, and refuses too long a one`, async (t) => {
  const iam = await withProvider(t, { ThumbprintList: ["a".repeat(40)] });
  const six = Array.from({ length: 6 }, (_, at) => String(at).repeat(40));
  await assert.rejects(iam.call(NAME, { ...about, ThumbprintList: six }), { code: "InvalidInput" });
  await iam.call(NAME, { ...about, ThumbprintList: ["b".repeat(40)] });
  assert.deepEqual((await iam.call("GetOpenIDConnectProvider", about)).ThumbprintList, ["b".repeat(40)]);
});
