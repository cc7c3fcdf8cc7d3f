import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, withProvider } from "../oidc-contract.js";

const NAME = "AddClientIDToOpenIDConnectProvider";
guardsProvider(NAME, { ClientID: "late" });

test(`${NAME} adds one once, and no more than a hundred`, async (t) => {
  const iam = await withProvider(t);
  const add = (ClientID: string) => iam.call(NAME, { ...about, ClientID });
  for (let at = 1; at < 100; at += 1) await add(`app-${at}`);
  await add("app-1");
  await assert.rejects(add("one-more"), { code: "LimitExceeded" });
  assert.equal((await iam.call("GetOpenIDConnectProvider", about)).ClientIDList?.length, 100);
});
