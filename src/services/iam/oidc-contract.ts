import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { SECOND_ACCOUNT } from "../../identity/testing.js";
import { rootCaller } from "../../kit/testing.js";
import { ARN, fails, type IamBench, openIam } from "./testing.js";

export const URL = "https://id.example.com/tenant";
export const PROVIDER = `${ARN}oidc-provider/id.example.com/tenant`;
export const about = { OpenIDConnectProviderArn: PROVIDER };

export async function withProvider(t: TestContext, more: object = {}): Promise<IamBench> {
  const iam = await openIam(t);
  await iam.call("CreateOpenIDConnectProvider", { Url: URL, ClientIDList: ["app"], ...more });
  return iam;
}

/** What every operation on one provider must do before it does anything. */
export function guardsProvider(operation: string, input: object, silent = false): void {
  const whole = { ...about, ...input };

  test(`${operation} is refused without permission, provider or not`, async (t) => {
    const iam = await openIam(t);
    await iam.denies(operation as "GetOpenIDConnectProvider", whole, `iam:${operation}`, PROVIDER); // typed by one of them
  });

  test(`${operation} refuses an ARN that is none, and knows no provider of another account`, async (t) => {
    const iam = await withProvider(t);
    for (const wrong of [`${ARN}role/not-a-provider`, `${ARN}oidc-provider/`, "arn:aws:s3:::oidc-provider/x.example"])
      await assert.rejects(
        iam.raw(operation, { ...whole, OpenIDConnectProviderArn: wrong }),
        fails("ValidationError", "Invalid ARN"),
      );
    if (silent) return;
    const stranger = iam.as(rootCaller(SECOND_ACCOUNT));
    await assert.rejects(
      stranger.raw(operation, whole),
      fails("NoSuchEntity", `OpenIDConnect Provider not found for arn ${PROVIDER}`),
    );
    assert.equal((await iam.call("GetOpenIDConnectProvider", about)).Url, "id.example.com/tenant");
  });
}
