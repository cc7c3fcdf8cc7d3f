import assert from "node:assert/strict";
import { test } from "node:test";
import { samlProviders } from "../../../identity/index.js";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { userCaller } from "../../../kit/testing.js";
import { idp, makeProvider, PROVIDER } from "../saml-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

const NAME = "CreateSAMLProvider";
const GIVEN = { Name: "Corp", SAMLMetadataDocument: idp.metadata() };

guarded(NAME, GIVEN, PROVIDER);

test(`${NAME} refuses a document that cannot be trusted, and makes nothing of it`, async (t) => {
  const iam = await openIam(t);
  const refused = (document: string, message: string) =>
    assert.rejects(makeProvider(iam, { SAMLMetadataDocument: document }), fails("InvalidInput", message));
  await refused("x".repeat(1000), "Could not parse metadata: it is not well-formed.");
  await refused(
    idp.metadata().replace("<md:Entity", "<!DOCTYPE a><md:Entity"),
    "Could not parse metadata: it has a document type, a CDATA section or another declaration.",
  );
  const past = "The metadata document is no longer valid: see its validUntil.";
  await refused(idp.metadata(` validUntil="${iam.house.clock.now().toISOString()}"`), past);
  assert.deepEqual(await iam.call("ListSAMLProviders", {}), { SAMLProviderList: [] });
});

test(`${NAME} refuses a name that is taken in whatever case, and the hundred-and-first`, async (t) => {
  const iam = await openIam(t);
  assert.deepEqual(await makeProvider(iam), { SAMLProviderArn: PROVIDER });
  await assert.rejects(
    makeProvider(iam, { Name: "CORP" }),
    fails("EntityAlreadyExists", "Provider with name CORP already exists."),
  );
  const { database } = iam.house;
  await database.write(async (tx) => {
    const first = await samlProviders.find(tx, HOUSE_ACCOUNT, "Corp");
    assert.ok(first);
    for (let at = 1; at < 100; at += 1) await samlProviders.insert(tx, { ...first, name: `Corp-${at}` });
  });
  await assert.rejects(
    makeProvider(iam, { Name: "one-more" }),
    fails("LimitExceeded", "Cannot exceed quota for SAMLProvidersPerAccount: 100"),
  );
  assert.equal((await iam.call("GetAccountSummary", {})).SummaryMap?.Providers, 100);
});

test(`${NAME} takes no private key: encrypted assertions are not there`, async (t) => {
  const iam = await openIam(t);
  await assert.rejects(makeProvider(iam, { AddPrivateKey: "a key" }), { code: "NotImplemented", status: 501 });
  await assert.rejects(
    makeProvider(iam, { AssertionEncryptionMode: "Required" }),
    fails("InvalidInput", "Unable to set assertion encryption mode to Required because no private key is provided."),
  );
  await makeProvider(iam, { AssertionEncryptionMode: "Allowed" });
});

test(`${NAME} with tags needs iam:TagSAMLProvider too`, async (t) => {
  const iam = await openIam(t);
  const Statement = [{ Effect: "Allow", Action: "iam:CreateSAMLProvider", Resource: `${ARN}saml-provider/*` }];
  const delegate = iam.as(userCaller("delegate", [{ Version: "2012-10-17", Statement }], HOUSE_ACCOUNT));
  const Tags = [{ Key: "a", Value: "1" }];
  await assert.rejects(
    makeProvider(delegate, { Tags }),
    (thrown: { check?: { action: string } }) => thrown.check?.action === "iam:TagSAMLProvider",
  );
  assert.deepEqual(await makeProvider(iam, { Tags }), { SAMLProviderArn: PROVIDER, Tags });
});

test(`the trail shows a request of ${NAME} without a private key, and without a document that fills it`, async (t) => {
  const iam = await openIam(t);
  const shown = iam.requested(NAME, { ...GIVEN, AddPrivateKey: "a key" });
  assert.deepEqual(shown, { name: "Corp", sAMLMetadataDocument: GIVEN.SAMLMetadataDocument });
  const long = { ...GIVEN, SAMLMetadataDocument: idp.metadata("", " ".repeat(100_000)) };
  assert.deepEqual(iam.requested(NAME, long), { name: "Corp" });
});
