import assert from "node:assert/strict";
import { test } from "node:test";
import { samlProviders } from "../../../identity/index.js";
import { testIdp } from "../../../identity/saml/testing.js";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { about, guardsProvider, idp, withProvider } from "../saml-contract.js";
import { fails } from "../testing.js";

const NAME = "UpdateSAMLProvider";
const next = await testIdp("ec", "https://next.example.com/saml");
guardsProvider(NAME, { SAMLMetadataDocument: idp.metadata() });

test(`${NAME} replaces the document whole: the old key is trusted no more`, async (t) => {
  const iam = await withProvider(t, { Tags: [{ Key: "a", Value: "1" }] });
  const before = await iam.call("GetSAMLProvider", about);
  const document = next.metadata();
  assert.deepEqual(await iam.call(NAME, { ...about, SAMLMetadataDocument: document }), about);
  assert.deepEqual(await iam.call("GetSAMLProvider", about), { ...before, SAMLMetadataDocument: document });
  const stored = await iam.house.database.read((tx) => samlProviders.find(tx, HOUSE_ACCOUNT, "Corp"));
  assert.deepEqual([stored?.entityId, stored?.certificates], [next.entityId, [next.certificate]]);
});

test(`${NAME} leaves all as it was where the document is refused, or there is nothing to change`, async (t) => {
  const iam = await withProvider(t);
  const before = await iam.call("GetSAMLProvider", about);
  await assert.rejects(iam.call(NAME, { ...about, SAMLMetadataDocument: "x".repeat(1000) }), { code: "InvalidInput" });
  await assert.rejects(
    iam.call(NAME, about),
    fails(
      "InvalidInput",
      "Unable to update identity provider. No updates are defined for metadata or encryption assertion.",
    ),
  );
  for (const key of [{ AddPrivateKey: "a key" }, { RemovePrivateKey: "A".repeat(22) }])
    await assert.rejects(iam.call(NAME, { ...about, SAMLMetadataDocument: next.metadata(), ...key }), {
      code: "NotImplemented",
    });
  await assert.rejects(iam.call(NAME, { ...about, AssertionEncryptionMode: "Required" }), { code: "InvalidInput" });
  assert.deepEqual(await iam.call(NAME, { ...about, AssertionEncryptionMode: "Allowed" }), about);
  assert.deepEqual(await iam.call("GetSAMLProvider", about), before);
});
