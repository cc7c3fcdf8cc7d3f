import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { silentLog } from "../../../base/index.js";
import { type Caller, type Denied, oidcProviders } from "../../../identity/index.js";
import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../../identity/testing.js";
import { anonymousCaller } from "../../../kit/testing.js";
import { openSts, type StsBench, trusts } from "../testing.js";
import { openIssuerKeys } from "../web-identity/issuer-keys.js";
import { ISSUER, testIssuer } from "../web-identity/testing.js";

const ROLE = `arn:aws:iam::${HOUSE_ACCOUNT}:role/deploy`;
const PROVIDER = `arn:aws:iam::${HOUSE_ACCOUNT}:oidc-provider/id.example.com/tenant`;
const ACTION = "sts:AssumeRoleWithWebIdentity";
const KEY = "id.example.com/tenant";
const issuer = testIssuer();

interface Bench {
  readonly sts: StsBench;
  readonly nobody: StsBench;
  assume(claims?: object, more?: object): ReturnType<typeof call>;
}

const call = (nobody: StsBench, WebIdentityToken: string, more: object) =>
  nobody.call("AssumeRoleWithWebIdentity", { RoleArn: ROLE, RoleSessionName: "night", WebIdentityToken, ...more });

async function open(t: TestContext, trust: object | undefined, account = HOUSE_ACCOUNT): Promise<Bench> {
  const bench = await openSts(t);
  const { clock, database } = bench.house;
  const keys = openIssuerKeys({ clock, log: silentLog }, async (url) => issuer.documents()[url]);
  const sts = bench.withIssuers(keys);
  const provider = { account, hostPath: KEY, arn: "", clientIds: ["app"], thumbprints: [], tags: [] };
  await database.write((tx) => oidcProviders.insert(tx, { ...provider, createdAt: clock.now() }));
  if (trust !== undefined) await sts.role("deploy", trust);
  const nobody = sts.as(anonymousCaller());
  const now = clock.nowMs() / 1000;
  const token = (claims: object) =>
    issuer.token({ iss: ISSUER, sub: "repo:org/app", aud: "app", iat: now, exp: now + 300, ...claims });
  return { sts, nobody, assume: (claims = {}, more = {}) => call(nobody, token(claims), more) };
}

async function deniedAction(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.equal((thrown as Error | undefined)?.name, "Denied", String(thrown));
  return (thrown as Denied).check.action;
}

test("only the provider of the role's own account speaks for an issuer", async (t) => {
  const { assume } = await open(t, trusts({ Federated: PROVIDER }, ACTION), SECOND_ACCOUNT);
  await assert.rejects(assume(), {
    code: "InvalidIdentityToken",
    message: `No OpenIDConnect provider found in your account for ${ISSUER}`,
  });
});

test("an issuer that no provider stands for is never asked", async (t) => {
  const { sts, nobody } = await open(t, trusts({ Federated: PROVIDER }, ACTION));
  const stranger = testIssuer("ec", "https://evil.example.com");
  const unasked = nobody.withIssuers({ keysFor: () => Promise.reject(new Error("asked")) });
  for (const iss of [
    stranger.url,
    "http://id.example.com/tenant",
    "id.example.com/tenant",
    "https://ID.example.com/tenant",
  ])
    await assert.rejects(call(unasked, stranger.token({ iss, sub: "x" }), {}), { code: "InvalidIdentityToken" });
  assert.ok(sts);
});

test("a role that trusts another provider, another action, a user, or is not there refuses alike", async (t) => {
  const trusted = [
    trusts({ Federated: PROVIDER.replace("tenant", "other") }, ACTION),
    trusts({ Federated: PROVIDER }, "sts:AssumeRole"),
    trusts({ AWS: HOUSE_ACCOUNT }, ACTION),
    undefined,
  ];
  for (const trust of trusted) assert.equal(await deniedAction((await open(t, trust)).assume()), ACTION);
});

test("subject, audience and methods are there for the trust policy", async (t) => {
  const condition = (values: object) => trusts({ Federated: PROVIDER }, ACTION, values);
  const good = condition({
    StringEquals: { [`${KEY}:aud`]: "app", "aws:FederatedProvider": PROVIDER },
    StringLike: { [`${KEY}:sub`]: "repo:org/*" },
    "ForAnyValue:StringEquals": { [`${KEY}:amr`]: "otp" },
  });
  const { assume } = await open(t, good);
  await assume({ amr: ["pwd", "otp"] });
  assert.equal(await deniedAction(assume({ amr: ["pwd"] })), ACTION);
  assert.equal(await deniedAction(assume({ amr: ["otp"], sub: "repo:evil/app" })), ACTION);
});

test("a session of a token: the role's, with the provider in its values and in its records", async (t) => {
  const { sts, assume } = await open(t, trusts({ Federated: PROVIDER }, ACTION));
  const answer = await assume({}, { DurationSeconds: 900 });
  assert.equal(answer.SubjectFromWebIdentityToken, "repo:org/app");
  assert.deepEqual([answer.Provider, answer.Audience], [PROVIDER, "app"]);
  assert.equal(answer.Credentials?.Expiration?.getTime(), sts.house.clock.nowMs() + 900_000);
  const caller: Caller = await sts.callerOf(answer.Credentials);
  assert.equal(caller.principal.arn, `arn:aws:sts::${HOUSE_ACCOUNT}:assumed-role/deploy/night`);
  assert.equal(caller.values.get("aws:federatedprovider"), PROVIDER);
  const { sessionContext } = caller.userIdentity as { sessionContext: Record<string, unknown> };
  assert.deepEqual(sessionContext["webIdFederationData"], { federatedProvider: PROVIDER, attributes: {} });
});

test("a session lasts no longer than the role allows, and ends at its second", async (t) => {
  const { sts, assume } = await open(t, trusts({ Federated: PROVIDER }, ACTION));
  await assert.rejects(assume({}, { DurationSeconds: 3601 }), { code: "ValidationError" });
  const { Credentials } = await assume({}, { DurationSeconds: 900 });
  const { identity, clock } = sts.house;
  const ask = () => identity.callerOf(Credentials?.AccessKeyId ?? "", Credentials?.SessionToken);
  clock.advance(899_999);
  assert.equal((await ask()).found, true);
  clock.advance(1);
  assert.deepEqual(await ask(), { found: false, why: "expired-token" });
  const { identity: restarted } = await sts.house.neighbour();
  assert.deepEqual(await restarted.callerOf(Credentials?.AccessKeyId ?? "", Credentials?.SessionToken), {
    found: false,
    why: "expired-token",
  });
});

test("tags and a source identity come in the token, and each needs its own permission", async (t) => {
  const claims = {
    "https://aws.amazon.com/tags": { principal_tags: { Team: ["blue"] }, transitive_tag_keys: ["Team"] },
    "https://aws.amazon.com/source_identity": "ada",
  };
  const plain = await open(t, trusts({ Federated: PROVIDER }, ACTION));
  assert.equal(await deniedAction(plain.assume(claims)), "sts:TagSession");
  const tagging = await open(t, trusts({ Federated: PROVIDER }, [ACTION, "sts:TagSession"]));
  assert.equal(await deniedAction(tagging.assume(claims)), "sts:SetSourceIdentity");
  const all = trusts({ Federated: PROVIDER }, [ACTION, "sts:TagSession", "sts:SetSourceIdentity"], {
    StringEquals: { "aws:RequestTag/Team": "blue", "sts:SourceIdentity": "ada" },
  });
  const { sts, assume } = await open(t, all);
  const answer = await assume(claims);
  assert.equal(answer.SourceIdentity, "ada");
  const caller = await sts.callerOf(answer.Credentials);
  assert.equal(caller.values.get("aws:principaltag/team"), "blue");
  assert.deepEqual(caller.session?.transitiveTags, [{ key: "Team", value: "blue" }]);
});

test("an access token's ProviderId is refused, and no record holds the token", async (t) => {
  const { sts, assume } = await open(t, trusts({ Federated: PROVIDER }, ACTION));
  await assert.rejects(assume({}, { ProviderId: "www.amazon.com" }), { code: "ValidationError" });
  const answer = await assume();
  const record = JSON.stringify(sts.recorded("AssumeRoleWithWebIdentity", answer));
  assert.equal(record.includes(PROVIDER), true);
  for (const hidden of [answer.Credentials?.SecretAccessKey, answer.Credentials?.SessionToken])
    assert.equal(record.includes(hidden ?? ""), false);
});
