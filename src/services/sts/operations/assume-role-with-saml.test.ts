import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type TestContext, test } from "node:test";
import { type Caller, type Denied, type SamlProvider, samlProviders } from "../../../identity/index.js";
import { testIdp, testProvider } from "../../../identity/saml/testing.js";
import { HOUSE_ACCOUNT, SECOND_ACCOUNT } from "../../../identity/testing.js";
import { anonymousCaller } from "../../../kit/testing.js";
import { RECIPIENT, type Said, samlResponse } from "../saml/testing.js";
import { openSts, type StsBench, trusts } from "../testing.js";

const ROLE = `arn:aws:iam::${HOUSE_ACCOUNT}:role/deploy`;
const PROVIDER = `arn:aws:iam::${HOUSE_ACCOUNT}:saml-provider/Corp`;
const ACTION = "sts:AssumeRoleWithSAML";
const PAIR = `${ROLE},${PROVIDER}`;
const QUALIFIER = createHash("sha1").update(`https://idp.example.com/saml${HOUSE_ACCOUNT}/Corp`).digest("base64");
const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const TRUST = trusts({ Federated: PROVIDER }, ACTION);
const idp = await testIdp();

interface Bench {
  readonly sts: StsBench;
  assume(said?: Partial<Said>, more?: object): ReturnType<typeof call>;
}

const call = (nobody: StsBench, SAMLAssertion: string, more: object) =>
  nobody.call("AssumeRoleWithSAML", { RoleArn: ROLE, PrincipalArn: PROVIDER, SAMLAssertion, ...more });

async function open(
  t: TestContext,
  trust: object | undefined = TRUST,
  more: Partial<SamlProvider> = {},
): Promise<Bench> {
  const sts = await openSts(t);
  const { clock, database } = sts.house;
  const provider = testProvider(idp, more);
  await database.write((tx) => samlProviders.insert(tx, provider));
  if (trust !== undefined) await sts.role("deploy", trust);
  const nobody = sts.as(anonymousCaller());
  const assume = (said: Partial<Said> = {}, input: object = {}) =>
    call(nobody, samlResponse({ nowMs: clock.nowMs(), roles: [PAIR], ...said }, idp), input);
  return { sts, assume };
}

async function deniedAction(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.equal((thrown as Error | undefined)?.name, "Denied", String(thrown));
  return (thrown as Denied).check.action;
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "taken",
    (thrown: { code?: string; message: string }) => `${thrown.code}: ${thrown.message}`,
  );

const NOT_AUTHORIZED = `AccessDenied: Not authorized to perform ${ACTION}`;

test("a session of an assertion: the role's, with whom it is about in its answer and its values", async (t) => {
  const { sts, assume } = await open(t);
  const { Credentials, ...answer } = await assume({ subject: "ada &amp; bob" }, { DurationSeconds: 900 });
  const role = await sts.house.database.read((tx) => tx.get<{ id: string }>("SELECT id FROM iam_roles"));
  assert.deepEqual(answer, {
    Subject: "ada & bob",
    SubjectType: "persistent",
    Issuer: idp.entityId,
    Audience: RECIPIENT,
    NameQualifier: QUALIFIER,
    AssumedRoleUser: {
      AssumedRoleId: `${role?.id}:night`,
      Arn: `arn:aws:sts::${HOUSE_ACCOUNT}:assumed-role/deploy/night`,
    },
  });
  assert.equal(Credentials?.Expiration?.getTime(), sts.house.clock.nowMs() + 900_000);
  const caller: Caller = await sts.callerOf(Credentials);
  assert.equal(caller.principal.arn, answer.AssumedRoleUser?.Arn);
  const keys = ["saml:sub", "saml:sub_type", "saml:namequalifier", "aws:federatedprovider", "saml:aud"];
  assert.deepEqual(
    keys.map((key) => caller.values.get(key)),
    ["ada & bob", "persistent", QUALIFIER, PROVIDER, undefined],
  );
  const { sessionContext } = caller.userIdentity as { sessionContext: Record<string, unknown> };
  assert.equal(sessionContext["webIdFederationData"], undefined);
});

test("a role that trusts another provider, another action, a user, or is not there refuses alike", async (t) => {
  const trusted = [
    trusts({ Federated: PROVIDER.replace("Corp", "corp") }, ACTION),
    trusts({ Federated: PROVIDER }, "sts:AssumeRole"),
    trusts({ Federated: PROVIDER }, "sts:AssumeRoleWithWebIdentity"),
    trusts({ AWS: HOUSE_ACCOUNT }, ACTION),
    undefined,
  ];
  const { sts, assume } = await open(t);
  for (const [at, trust] of trusted.entries()) {
    const RoleArn = ROLE.replace("deploy", `other-${at}`);
    if (trust !== undefined) await sts.role(`other-${at}`, trust);
    assert.equal(await deniedAction(assume({ roles: [`${RoleArn},${PROVIDER}`] }, { RoleArn })), ACTION);
  }
});

test("the assertion must list the role with the provider, in whatever order", async (t) => {
  const { assume } = await open(t);
  await assume({ roles: [`${PROVIDER}, ${ROLE}`] });
  await assume({ roles: [PAIR.replace("deploy", "other"), PAIR] });
  for (const roles of [
    [],
    [PAIR.replace("deploy", "other")],
    [PAIR.replace("Corp", "Other")],
    [ROLE, PROVIDER],
    [`${PAIR},${ROLE}`],
    [`${ROLE},${ROLE}`],
    [PAIR.replace("deploy", "Deploy")],
  ])
    assert.equal(await refusal(assume({ roles })), NOT_AUTHORIZED);
});

test("a provider that is not there, not so spelled, of another account, or past its end vouches for nobody", async (t) => {
  const { assume, sts } = await open(t);
  const missing = "InvalidIdentityToken: Specified provider doesn't exist.";
  for (const PrincipalArn of [PROVIDER.replace("Corp", "Other"), PROVIDER.replace("Corp", "corp")])
    assert.equal(await refusal(assume({}, { PrincipalArn })), missing);
  const theirs = PROVIDER.replace(HOUSE_ACCOUNT, SECOND_ACCOUNT);
  assert.equal(await refusal(assume({}, { PrincipalArn: theirs })), missing);
  for (const PrincipalArn of [ROLE, "arn:aws:iam::111122223333:saml-provider/", "arn:aws:s3:::saml-provider/Corp"])
    assert.equal(await refusal(assume({}, { PrincipalArn })), "ValidationError: Request ARN is invalid");
  sts.house.clock.advance(Date.parse("2027-01-01T00:00:00Z") - sts.house.clock.nowMs());
  assert.match(await refusal(assume()), /^InvalidIdentityToken: The metadata of the specified provider is no longer/);
});

test("the provider of one account opens no role of another, whatever the role trusts and the assertion lists", async (t) => {
  const theirs = PROVIDER.replace(HOUSE_ACCOUNT, SECOND_ACCOUNT);
  const { assume } = await open(t, trusts({ Federated: theirs }, ACTION), { account: SECOND_ACCOUNT });
  const work = assume({ roles: [`${ROLE},${theirs}`] }, { PrincipalArn: theirs });
  assert.equal(await refusal(work), NOT_AUTHORIZED);
});

test("only the provider's own issuer and keys count", async (t) => {
  const { sts, assume } = await open(t);
  const foreign = "InvalidIdentityToken: Issuer not present in specified provider";
  assert.equal(await refusal(assume({ issuer: "https://evil.example.com" })), foreign);
  const stranger = await testIdp();
  const nobody = sts.as(anonymousCaller());
  const forged = samlResponse({ nowMs: sts.house.clock.nowMs(), roles: [PAIR] }, stranger);
  assert.equal(await refusal(call(nobody, forged, {})), "InvalidIdentityToken: Response signature invalid");
});

test("a session lasts as long as was asked for, the role allows, and the assertion does not shorten", async (t) => {
  const { sts, assume } = await open(t);
  const { clock } = sts.house;
  const seconds = async (said: Partial<Said>, DurationSeconds?: number) => {
    const { Credentials } = await assume(said, DurationSeconds === undefined ? {} : { DurationSeconds });
    return ((Credentials?.Expiration?.getTime() ?? 0) - clock.nowMs()) / 1000;
  };
  assert.equal(await seconds({}), 3600);
  assert.equal(await seconds({ attributes: { SessionDuration: "1200" } }), 1200);
  assert.equal(await seconds({ attributes: { SessionDuration: "1200" } }, 900), 900);
  assert.equal(await seconds({ attributes: { SessionDuration: "43200" } }), 3600);
  assert.equal(await seconds({ sessionEndsMs: clock.nowMs() + 60_500 }, 900), 60);
  assert.equal(await refusal(assume({ sessionEndsMs: clock.nowMs() })), "ExpiredTokenException: Response has expired");
  assert.match(await refusal(assume({}, { DurationSeconds: 3601 })), /^ValidationError: The requested DurationSeconds/);
});

test("every condition key of SAML is there for the trust policy", async (t) => {
  const trust = trusts({ Federated: PROVIDER }, ACTION, {
    StringEquals: {
      "SAML:aud": RECIPIENT,
      "SAML:iss": idp.entityId,
      "SAML:sub": "ada",
      "SAML:sub_type": "persistent",
      "SAML:namequalifier": QUALIFIER,
      "SAML:doc": `${HOUSE_ACCOUNT}/Corp`,
      "SAML:eduPersonOrgDN": "DC=example",
      "saml:mail": "ada@example.com",
      "sts:RoleSessionName": "night",
      "aws:FederatedProvider": PROVIDER,
    },
    "ForAnyValue:StringEquals": { "saml:edupersonaffiliation": ["staff"] },
  });
  const { assume } = await open(t, trust);
  const attributes = {
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.3": "DC=example",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["member", "staff"],
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": "ada@example.com",
  };
  await assume({ attributes });
  assert.equal(await deniedAction(assume({ attributes, subject: "eve" })), ACTION);
  assert.equal(
    await deniedAction(assume({ attributes, format: PERSISTENT.replace("persistent", "transient") })),
    ACTION,
  );
  assert.equal(await deniedAction(assume({ attributes, recipient: `${RECIPIENT}/acs/SAMLSP1` })), ACTION);
  for (const gone of Object.keys(attributes)) {
    const others = Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== gone));
    assert.equal(await deniedAction(assume({ attributes: others })), ACTION);
  }
});

test("tags and a source identity come in the assertion, and each needs its own permission", async (t) => {
  const attributes = { "PrincipalTag:Team": "blue", TransitiveTagKeys: "Team", SourceIdentity: "ada" };
  const all = trusts({ Federated: PROVIDER }, [ACTION, "sts:TagSession", "sts:SetSourceIdentity"], {
    StringEquals: { "aws:RequestTag/Team": "blue", "sts:SourceIdentity": "ada" },
  });
  const { sts, assume } = await open(t, all);
  const refusing = async (name: string, actions: string[]) => {
    await sts.role(name, trusts({ Federated: PROVIDER }, actions));
    const RoleArn = ROLE.replace("deploy", name);
    return deniedAction(assume({ attributes, roles: [`${RoleArn},${PROVIDER}`] }, { RoleArn }));
  };
  assert.equal(await refusing("plain", [ACTION]), "sts:TagSession");
  assert.equal(await refusing("tagging", [ACTION, "sts:TagSession"]), "sts:SetSourceIdentity");
  for (const bad of [
    { "PrincipalTag:": "x" },
    { [`PrincipalTag:${"k".repeat(129)}`]: "x" },
    { "PrincipalTag:a": "x".repeat(257) },
    { "PrincipalTag:a": "1", "PrincipalTag:A": "2" },
    { "PrincipalTag:aws:x": "1" },
    { TransitiveTagKeys: ["Team", "Other"] },
    { ...Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`PrincipalTag:k${at}`, ""])) },
  ])
    assert.match(
      await refusal(assume({ attributes: { ...attributes, ...bad } })),
      /^(ValidationError|InvalidParameterValue): /,
    );
  const answer = await assume({ attributes });
  assert.equal(answer.SourceIdentity, "ada");
  const caller = await sts.callerOf(answer.Credentials);
  assert.equal(caller.values.get("aws:principaltag/team"), "blue");
  assert.deepEqual(caller.session?.transitiveTags, [{ key: "Team", value: "blue" }]);
});

test("no record holds the assertion, the secret or the token", async (t) => {
  const { sts, assume } = await open(t);
  const answer = await assume();
  const record = JSON.stringify(sts.recorded("AssumeRoleWithSAML", answer));
  assert.equal(record.includes(QUALIFIER), true);
  for (const hidden of [answer.Credentials?.SecretAccessKey, answer.Credentials?.SessionToken])
    assert.equal(record.includes(hidden ?? ""), false);
});
