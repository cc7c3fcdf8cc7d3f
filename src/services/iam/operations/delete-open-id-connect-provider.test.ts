import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

guardsProvider("DeleteOpenIDConnectProvider", {}, true);

test("DeleteOpenIDConnectProvider succeeds again and again, and never for another account", async (t) => {
  const iam = await withProvider(t);
  await iam.as(rootCaller(SECOND_ACCOUNT)).call("DeleteOpenIDConnectProvider", about);
  await iam.call("GetOpenIDConnectProvider", about);
  await iam.call("DeleteOpenIDConnectProvider", about);
  await assert.rejects(iam.call("GetOpenIDConnectProvider", about), { code: "NoSuchEntity" });
  await iam.call("DeleteOpenIDConnectProvider", about);
});
