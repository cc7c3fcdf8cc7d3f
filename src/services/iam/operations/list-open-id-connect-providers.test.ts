import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { PROVIDER, withProvider } from "../oidc-contract.js";

test("ListOpenIDConnectProviders is refused without permission", async (t) => {
  const iam = await withProvider(t);
  await iam.denies("ListOpenIDConnectProviders", {}, "iam:ListOpenIDConnectProviders", "*");
});

test("ListOpenIDConnectProviders lists the account's own", async (t) => {
  const iam = await withProvider(t);
  const stranger = iam.as(rootCaller(SECOND_ACCOUNT));
  assert.deepEqual(await stranger.call("ListOpenIDConnectProviders", {}), { OpenIDConnectProviderList: [] });
  const own = await iam.call("ListOpenIDConnectProviders", {});
  assert.deepEqual(own, { OpenIDConnectProviderList: [{ Arn: PROVIDER }] });
  assert.equal((await iam.call("GetAccountSummary", {})).SummaryMap?.Providers, 1);
});
