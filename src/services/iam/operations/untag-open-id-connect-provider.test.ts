import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

const NAME = "UntagOpenIDConnectProvider";
guardsProvider(NAME, { TagKeys: ["a"] });

test(`${NAME} takes keys off in whatever case, and does not miss those that are not there`, async (t) => {
  const Tags = ["Team", "stage"].map((Key) => ({ Key, Value: "x" }));
  const iam = await withProvider(t, { Tags });
  await iam.call(NAME, { ...about, TagKeys: ["team", "unknown"] });
  assert.deepEqual((await iam.call("GetOpenIDConnectProvider", about)).Tags, [{ Key: "stage", Value: "x" }]);
});
