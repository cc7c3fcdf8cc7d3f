import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

const NAME = "RemoveClientIDFromOpenIDConnectProvider";
guardsProvider(NAME, { ClientID: "app" });

test(`${NAME} removes that one alone, and succeeds when it is gone`, async (t) => {
  const iam = await withProvider(t, { ClientIDList: ["app", "App"] });
  for (const ClientID of ["app", "app", "unknown"]) await iam.call(NAME, { ...about, ClientID });
  assert.deepEqual((await iam.call("GetOpenIDConnectProvider", about)).ClientIDList, ["App"]);
});
