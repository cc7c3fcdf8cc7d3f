import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { idp, makeProvider, PROVIDER, withProvider } from "../saml-contract.js";
import { guarded } from "../testing.js";

guarded("ListSAMLProviders", {}, "*");

test("ListSAMLProviders lists the account's own, in order of name", async (t) => {
  const iam = await withProvider(t);
  await makeProvider(iam, { Name: "Alpha", SAMLMetadataDocument: idp.metadata(' validUntil="2027-01-01T00:00:00Z"') });
  const stranger = iam.as(rootCaller(SECOND_ACCOUNT));
  assert.deepEqual(await stranger.call("ListSAMLProviders", {}), { SAMLProviderList: [] });
  const CreateDate = iam.house.clock.now();
  assert.deepEqual(await iam.call("ListSAMLProviders", {}), {
    SAMLProviderList: [
      { Arn: PROVIDER.replace("Corp", "Alpha"), ValidUntil: new Date("2027-01-01T00:00:00Z"), CreateDate },
      { Arn: PROVIDER, ValidUntil: new Date("2126-11-21T09:00:00Z"), CreateDate },
    ],
  });
});
