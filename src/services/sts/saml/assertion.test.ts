import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../base/index.js";
import { testIdp, testProvider } from "../../../identity/saml/testing.js";
import { NOT_AUTHORIZED, readAssertion } from "./assertion.js";
import { askedSession } from "./attributes.js";
import { verifiedAssertion } from "./response.js";
import { RECIPIENT, type Said, samlResponse } from "./testing.js";

const idp = await testIdp();
const clock = new ManualClock("2026-11-21T09:00:00Z");
const nowMs = clock.nowMs();
const PROVIDER = testProvider(idp, { validUntilMs: nowMs + 1 });

/** What is read of a response that says this, once its signature was found right. */
function taken(said: Partial<Said> = {}) {
  const verified = verifiedAssertion(samlResponse({ nowMs, roles: [], ...said }, idp), [idp.publicKey]);
  const identity = readAssertion(verified, PROVIDER, clock);
  return { identity, asked: askedSession(identity.attributes) };
}

function refusal(said: Partial<Said>): string {
  try {
    taken(said);
    return "taken";
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message: string }; // an AwsError, or the test fails on its text
    return `${code}: ${message}`;
  }
}

const INVALID = "InvalidIdentityToken: Your request included an invalid SAML response: ";

test("an assertion holds for its time, to the millisecond at its end, and for five minutes from its issue", () => {
  taken({ endsMs: nowMs + 1 });
  assert.equal(refusal({ endsMs: nowMs }), "ExpiredTokenException: Response has expired");
  taken({ issuedMs: nowMs - 300_000 });
  assert.equal(
    refusal({ issuedMs: nowMs - 300_001 }),
    "ExpiredTokenException: Token must be redeemed within 5 minutes of issuance",
  );
  taken({ startsMs: nowMs + 300_000, issuedMs: nowMs + 300_000 });
  for (const early of [{ startsMs: nowMs + 300_001 }, { issuedMs: nowMs + 300_001 }])
    assert.equal(refusal(early), `${INVALID}its assertion is not valid yet.`);
});

test("an assertion is for AWS: its audience and its recipient say so", () => {
  for (const recipient of [RECIPIENT, "https://eu-west-1.signin.aws.amazon.com/saml", `${RECIPIENT}/acs/SAMLSP1`])
    taken({ recipient, audience: recipient });
  for (const other of ["https://example.com/saml", `${RECIPIENT}.example.com`, `${RECIPIENT}/other`, ""]) {
    const audience = "InvalidIdentityToken: Response does not contain the required audience.";
    assert.equal(refusal({ audience: other }), audience);
    assert.equal(refusal({ recipient: other }), `${INVALID}its recipient is none of AWS's sign-in addresses.`);
  }
});

test("what an assertion says of its subject and session is asked for in AWS's words", () => {
  assert.equal(refusal({ subject: "" }), `AccessDenied: ${NOT_AUTHORIZED}`);
  assert.equal(refusal({ subject: "<b></b>" }), `AccessDenied: ${NOT_AUTHORIZED}`);
  assert.equal(refusal({ subject: "x".repeat(513) }), `${INVALID}its subject's name is too long.`);
  const asked = (attributes: NonNullable<Said["attributes"]>) => refusal({ attributes });
  const name = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}";
  for (const RoleSessionName of ["a", "ada lovelace", "x".repeat(65), " night"])
    assert.equal(asked({ RoleSessionName }), `InvalidIdentityToken: ${name}`);
  assert.equal(
    asked({ RoleSessionName: undefined }),
    "InvalidIdentityToken: RoleSessionName is required in AuthnResponse",
  );
  const one = `${INVALID}an attribute of AWS's with one value has none, or several.`;
  assert.equal(asked({ SourceIdentity: ["ada", "eve"] }), one);
  assert.equal(asked({ SourceIdentity: [] }), one);
  assert.equal(
    asked({ SourceIdentity: "ada lovelace" }),
    'InvalidIdentityToken: Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
  );
  for (const SessionDuration of ["899", "43201", "1e3", "-900", ""])
    assert.match(asked({ SessionDuration }), /its SessionDuration is no number of seconds from 900 to 43200/);
});

test("a format of another kind is shown whole", () => {
  const email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
  assert.equal(taken({ format: email }).identity.subjectType, email);
});

test("an assertion without what SAML wants of one is refused, whoever signed it", () => {
  const changed = (from: string | RegExp, to: string) =>
    refusal({
      change: (text) => {
        const after = text.replace(from, to);
        assert.notEqual(after, text);
        return after;
      },
    });
  const cases: [string | RegExp, string, string][] = [
    ['Version="2.0"', 'Version="1.1"', "its assertion is not of SAML 2.0"],
    [/ IssueInstant="[^"]*"/, "", "its assertion does not say when it was issued"],
    [/(IssueInstant="[^"]*)Z"/, '$1+00:00"', "its assertion does not say when it was issued"],
    [/<saml:Conditions.*<\/saml:Conditions>/, "", "its assertion has no conditions"],
    [/(<saml:Conditions.*<\/saml:Conditions>)/, "$1$1", "its assertion has no conditions"],
    [
      "</saml:Conditions>",
      "<saml:Other></saml:Other></saml:Conditions>",
      "its assertion has a condition that is not known here",
    ],
    [/(<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>)/, "$1$1", CONFIRMED],
    [/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, "", CONFIRMED],
    ["cm:bearer", "cm:holder-of-key", CONFIRMED],
    [/(<saml:SubjectConfirmationData) NotOnOrAfter="[^"]*"/, "$1", "its assertion does not say when it is valid"],
    [/(<saml:Conditions NotBefore=")[^"]*/, "$1soon", "its assertion does not say when it is valid"],
  ];
  for (const [from, to, reason] of cases) assert.equal(changed(from, to), `${INVALID}${reason}.`);
  const restriction = /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/;
  const audience = "InvalidIdentityToken: Response does not contain the required audience.";
  assert.equal(changed(restriction, ""), audience);
  const other = "<saml:AudienceRestriction><saml:Audience>urn:other</saml:Audience></saml:AudienceRestriction>";
  assert.equal(changed("</saml:Conditions>", `${other}</saml:Conditions>`), audience);
  assert.equal(changed("<saml:Audience>", "<saml:Audience>urn:other</saml:Audience><saml:Audience>"), "taken");
  const issuer = "InvalidIdentityToken: Issuer not present in specified provider";
  assert.equal(changed(/<saml:Issuer>.*<\/saml:Issuer>/, ""), issuer);
  assert.equal(changed(/(<saml:Issuer>.*<\/saml:Issuer>)/, "$1$1"), issuer);
  assert.equal(changed(/(<saml:NameID.*<\/saml:NameID>)/, "$1$1"), `AccessDenied: ${NOT_AUTHORIZED}`);
});

const CONFIRMED = "its subject is not confirmed to the bearer, and that exactly once";
