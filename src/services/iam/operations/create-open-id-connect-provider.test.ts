import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { PROVIDER, URL } from "../oidc-contract.js";
import { ARN, fails, openIam } from "../testing.js";

const NAME = "CreateOpenIDConnectProvider";

test(`${NAME} is refused without permission, on the ARN that would be made`, async (t) => {
  const iam = await openIam(t);
  await iam.denies(NAME, { Url: URL }, "iam:CreateOpenIDConnectProvider", PROVIDER);
});

test(`${NAME} refuses what is no issuer's URL`, async (t) => {
  const iam = await openIam(t);
  for (const Url of [
    "http://id.example.com",
    "id.example.com",
    "https://",
    "https://u:p@id.example.com",
    "https://id.example.com/?a=b",
    "https://id.example.com/*",
  ])
    await assert.rejects(iam.call(NAME, { Url }), fails("ValidationError", "Invalid Open ID Connect Provider URL"));
});

test(`${NAME} refuses too many thumbprints, client ids and providers, and one that is there`, async (t) => {
  const iam = await openIam(t);
  const six = Array.from({ length: 6 }, (_, at) => String(at).repeat(40));
  await assert.rejects(
    iam.call(NAME, { Url: URL, ThumbprintList: six }),
    fails("InvalidInput", "Thumbprint list must contain fewer than 5 entries."),
  );
  const ClientIDList = Array.from({ length: 101 }, (_, at) => `app-${at}`);
  await assert.rejects(
    iam.call(NAME, { Url: URL, ClientIDList }),
    fails("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"),
  );
  for (let at = 0; at < 100; at += 1) await iam.call(NAME, { Url: `${URL}/${at}` });
  await assert.rejects(
    iam.call(NAME, { Url: URL }),
    fails("LimitExceeded", "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100"),
  );
  await assert.rejects(
    iam.call(NAME, { Url: `${URL}/7/` }),
    fails("EntityAlreadyExists", `Provider with url ${URL}/7/ already exists.`),
  );
});

test(`${NAME} with tags needs iam:TagOpenIDConnectProvider too`, async (t) => {
  const iam = await openIam(t);
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "iam:CreateOpenIDConnectProvider", Resource: `${ARN}oidc-provider/*` }],
  };
  const delegate = iam.as(userCaller("delegate", [policy], HOUSE_ACCOUNT));
  const Tags = [{ Key: "a", Value: "1" }];
  await assert.rejects(
    delegate.call(NAME, { Url: URL, Tags }),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "iam:TagOpenIDConnectProvider",
  );
  assert.deepEqual(await delegate.call(NAME, { Url: URL }), { OpenIDConnectProviderArn: PROVIDER });
});
