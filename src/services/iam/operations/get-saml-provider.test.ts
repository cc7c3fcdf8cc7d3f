import assert from "node:assert/strict";
import { test } from "node:test";
import { about, guardsProvider, idp, withProvider } from "../saml-contract.js";

guardsProvider("GetSAMLProvider");

test("GetSAMLProvider shows the document as it was given, and a hundred years where it has no end", async (t) => {
  const Tags = [{ Key: "Team", Value: "blue" }];
  const iam = await withProvider(t, { Tags });
  const { SAMLProviderUUID, ...shown } = await iam.call("GetSAMLProvider", about);
  assert.match(SAMLProviderUUID ?? "", /^SAMLSP[A-Z2-7]{17}$/);
  assert.deepEqual(shown, {
    SAMLMetadataDocument: idp.metadata(),
    CreateDate: iam.house.clock.now(),
    ValidUntil: new Date("2126-11-21T09:00:00Z"),
    Tags,
    AssertionEncryptionMode: "Allowed",
    PrivateKeyList: [],
  });
});
