import { type Clock, LIMITS, MINUTE_MS, SECOND_MS } from "../../../base/index.js";
import { attributeOf, childrenOf, elementsIn, onlyChild, textOf, type XmlElement } from "../../../crypto/index.js";
import { parseSamlTime, type SamlProvider } from "../../../identity/index.js";
import { accessDenied, expiredIdentityToken, invalidIdentityToken } from "../errors.js";
import { type Attributes, attributesOf } from "./attributes.js";
import { ASSERTION_URI, invalidResponse } from "./response.js";

/** What a verified assertion says, for AWS and for now. */
export interface SamlIdentity {
  readonly assertionId: string;
  readonly issuer: string;
  readonly subject: string;
  /** `persistent`, `transient` …, or the whole URI of another format. */
  readonly subjectType: string;
  /** The address that it was made out to: AWS's `saml:aud`. */
  readonly recipient: string;
  readonly attributes: Attributes;
  /** When the identity provider wants sessions to end. */
  readonly sessionEndsMs: number | undefined;
}

const BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
const UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
/** AWS's sign-in addresses, of every Region and with or without a provider's own path. */
const RECIPIENT = /^https:\/\/(?:[a-z0-9-]+\.)?signin\.aws\.amazon\.com\/saml(?:\/acs\/[A-Z0-9]+)?$/;
const AUDIENCE = "urn:amazon:webservices";
/** What identity providers' clocks may be ahead of ours. An assertion is never taken after its end. */
const SKEW_MS = 5 * MINUTE_MS;
const REDEEMED_WITHIN_MS = 5 * MINUTE_MS;

/** Throws unless the provider's own issuer made it, for AWS, about somebody, and for now. */
export function readAssertion(assertion: XmlElement, provider: SamlProvider, clock: Clock): SamlIdentity {
  if (attributeOf(assertion, "Version") !== "2.0") throw invalidResponse("its assertion is not of SAML 2.0");
  const issuer = textIn(assertion, "Issuer");
  if (issuer !== provider.entityId) throw invalidIdentityToken("Issuer not present in specified provider");
  const nowMs = clock.nowMs();
  checkIssued(attributeOf(assertion, "IssueInstant"), nowMs);
  checkConditions(assertion, nowMs);
  return {
    assertionId: attributeOf(assertion, "ID") ?? "",
    issuer,
    ...subjectOf(assertion, nowMs),
    attributes: attributesOf(assertion),
    sessionEndsMs: sessionEnd(assertion, nowMs),
  };
}

function checkIssued(instant: string | undefined, nowMs: number): void {
  const issuedMs = timeOf(instant);
  if (issuedMs === undefined) throw invalidResponse("its assertion does not say when it was issued");
  if (issuedMs > nowMs + SKEW_MS) throw notYet();
  if (nowMs - issuedMs > REDEEMED_WITHIN_MS)
    throw expiredIdentityToken("Token must be redeemed within 5 minutes of issuance");
}

function checkConditions(assertion: XmlElement, nowMs: number): void {
  const conditions = onlyChild(assertion, ASSERTION_URI, "Conditions");
  if (conditions === undefined) throw invalidResponse("its assertion has no conditions");
  checkPeriod(conditions, nowMs);
  // A condition that nobody here understands makes the assertion void (SAML Core, 2.5.1).
  const known = new Set(["AudienceRestriction", "OneTimeUse", "ProxyRestriction"]);
  if (elementsIn(conditions).some(({ uri, local }) => uri !== ASSERTION_URI || !known.has(local)))
    throw invalidResponse("its assertion has a condition that is not known here");
  const restrictions = childrenOf(conditions, ASSERTION_URI, "AudienceRestriction");
  const isForAws = (restriction: XmlElement) =>
    childrenOf(restriction, ASSERTION_URI, "Audience").some((each) => isAudience(textOf(each)?.trim() ?? ""));
  if (restrictions.length === 0 || !restrictions.every(isForAws))
    throw invalidIdentityToken("Response does not contain the required audience.");
}

const isAudience = (text: string) => text === AUDIENCE || RECIPIENT.test(text);

function subjectOf(assertion: XmlElement, nowMs: number) {
  const subject = onlyChild(assertion, ASSERTION_URI, "Subject");
  const nameId = subject && onlyChild(subject, ASSERTION_URI, "NameID");
  const name = nameId && textOf(nameId);
  // AWS's answer to an assertion about nobody.
  if (subject === undefined || nameId === undefined || !name) throw accessDenied(NOT_AUTHORIZED);
  const confirmation = onlyChild(subject, ASSERTION_URI, "SubjectConfirmation");
  const data = confirmation && onlyChild(confirmation, ASSERTION_URI, "SubjectConfirmationData");
  if (confirmation === undefined || data === undefined || attributeOf(confirmation, "Method") !== BEARER)
    throw invalidResponse("its subject is not confirmed to the bearer, and that exactly once");
  checkPeriod(data, nowMs, "needs-end");
  const recipient = attributeOf(data, "Recipient") ?? "";
  if (!RECIPIENT.test(recipient)) throw invalidResponse("its recipient is none of AWS's sign-in addresses");
  const format = attributeOf(nameId, "Format") ?? UNSPECIFIED;
  if (name.length > LIMITS.samlSubjectChars || format.length > LIMITS.samlSubjectChars)
    throw invalidResponse("its subject's name is too long");
  return { subject: name, subjectType: format.startsWith(FORMATS) ? format.slice(FORMATS.length) : format, recipient };
}

export const NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithSAML";

function sessionEnd(assertion: XmlElement, nowMs: number): number | undefined {
  const ends = childrenOf(assertion, ASSERTION_URI, "AuthnStatement").flatMap((statement) => {
    const text = attributeOf(statement, "SessionNotOnOrAfter");
    return text === undefined ? [] : [timeOf(text) ?? 0];
  });
  if (ends.length === 0) return undefined;
  const end = Math.min(...ends);
  if (end - nowMs < SECOND_MS) throw expired();
  return end;
}

function checkPeriod(element: XmlElement, nowMs: number, end?: "needs-end"): void {
  const [from, to] = [attributeOf(element, "NotBefore"), attributeOf(element, "NotOnOrAfter")];
  const [fromMs, toMs] = [timeOf(from ?? EVER), timeOf(to ?? NEVER)];
  if (fromMs === undefined || toMs === undefined || (end !== undefined && to === undefined))
    throw invalidResponse("its assertion does not say when it is valid");
  if (fromMs > nowMs + SKEW_MS) throw notYet();
  if (toMs <= nowMs) throw expired();
}

const EVER = "1970-01-01T00:00:00Z";
const NEVER = "9999-12-31T23:59:59Z";

const timeOf = (text: string | undefined) => (text === undefined ? undefined : parseSamlTime(text));

function textIn(parent: XmlElement, local: string): string | undefined {
  const child = onlyChild(parent, ASSERTION_URI, local);
  return child && textOf(child)?.trim();
}

const notYet = () => invalidResponse("its assertion is not valid yet");
const expired = () => expiredIdentityToken("Response has expired");
