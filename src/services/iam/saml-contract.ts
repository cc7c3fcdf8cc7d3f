import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { testIdp } from "../../identity/saml/testing.js";
import { SECOND_ACCOUNT } from "../../identity/testing.js";
import { rootCaller } from "../../kit/testing.js";
import { ARN, fails, type IamBench, openIam } from "./testing.js";
import type { TaggedThing } from "./thing-tags-contract.js";

export const idp = await testIdp();
export const PROVIDER = `${ARN}saml-provider/Corp`;
export const about = { SAMLProviderArn: PROVIDER };

export const makeProvider = (iam: IamBench, more: object = {}) =>
  iam.call("CreateSAMLProvider", { Name: "Corp", SAMLMetadataDocument: idp.metadata(), ...more });

export async function withProvider(t: TestContext, more: object = {}): Promise<IamBench> {
  const iam = await openIam(t);
  await makeProvider(iam, more);
  return iam;
}

export const TAGGED_PROVIDER: TaggedThing = {
  kind: "SAMLProvider",
  named: about,
  absent: { SAMLProviderArn: `${PROVIDER}2` },
  arn: PROVIDER,
  make: makeProvider,
};

/** What every operation on one provider must do before it does anything. */
export function guardsProvider(operation: string, input: object = {}): void {
  const whole = { ...about, ...input };

  test(`${operation} is refused without permission, provider or not`, async (t) => {
    const iam = await openIam(t);
    await iam.denies(operation as "GetSAMLProvider", whole, `iam:${operation}`, PROVIDER); // typed by one of them
  });

  test(`${operation} knows no provider by a name that is spelled otherwise, nor one of another account`, async (t) => {
    const iam = await withProvider(t);
    for (const wrong of [`${ARN}role/Corp`, `${ARN}saml-provider/`, "arn:aws:s3:::saml-provider/Corp"])
      await assert.rejects(
        iam.raw(operation, { ...whole, SAMLProviderArn: wrong }),
        fails("ValidationError", "Invalid ARN"),
      );
    const unknown = (arn: string) => fails("NoSuchEntity", `Manifest not found for arn ${arn}`);
    const lower = `${ARN}saml-provider/corp`;
    await assert.rejects(iam.raw(operation, { ...whole, SAMLProviderArn: lower }), unknown(lower));
    const stranger = iam.as(rootCaller(SECOND_ACCOUNT));
    await assert.rejects(stranger.raw(operation, whole), unknown(PROVIDER));
    await makeProvider(stranger, { Tags: [{ Key: "theirs", Value: "1" }] });
    await assert.rejects(stranger.raw(operation, whole), unknown(PROVIDER));
    assert.deepEqual((await iam.call("GetSAMLProvider", about)).Tags, []);
  });
}
