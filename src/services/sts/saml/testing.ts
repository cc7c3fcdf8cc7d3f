import { SIGNATURE_HERE, type SigningOptions, signXml } from "../../../crypto/signed-xml/testing.js";
import type { TestIdp } from "../../../identity/saml/testing.js";

const AWS = "https://aws.amazon.com/SAML/Attributes/";
export const RECIPIENT = "https://signin.aws.amazon.com/saml";

/** What an assertion of the tests says; the rest is as AWS wants it. */
export interface Said {
  readonly nowMs: number;
  readonly roles: readonly string[];
  readonly issuer?: string;
  readonly issuedMs?: number;
  readonly subject?: string;
  readonly format?: string;
  readonly audience?: string;
  readonly recipient?: string;
  readonly endsMs?: number;
  readonly startsMs?: number;
  readonly sessionEndsMs?: number;
  /** Changes the text before it is signed. */
  readonly change?: (text: string) => string;
  /** By name, AWS's without their prefix; undefined leaves one out. */
  readonly attributes?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const time = (ms: number) => new Date(ms).toISOString();

/** An assertion in its canonical form, written by hand, with the place where its signature goes. */
export function assertionText(said: Said, entityId: string): string {
  const { nowMs, subject = "ada", format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" } = said;
  const end = time(said.endsMs ?? nowMs + 300_000);
  const sessionEnd = said.sessionEndsMs === undefined ? "" : ` SessionNotOnOrAfter="${time(said.sessionEndsMs)}"`;
  const attributes = { Role: said.roles, RoleSessionName: "night", ...said.attributes };
  const text = [
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1"',
    ` IssueInstant="${time(said.issuedMs ?? nowMs)}" Version="2.0"><saml:Issuer>${said.issuer ?? entityId}</saml:Issuer>`,
    SIGNATURE_HERE,
    `<saml:Subject><saml:NameID Format="${format}">${subject}</saml:NameID>`,
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml:SubjectConfirmationData NotOnOrAfter="${end}" Recipient="${said.recipient ?? RECIPIENT}">`,
    "</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>",
    `<saml:Conditions NotBefore="${time(said.startsMs ?? nowMs)}" NotOnOrAfter="${end}"><saml:AudienceRestriction>`,
    `<saml:Audience>${said.audience ?? "urn:amazon:webservices"}</saml:Audience></saml:AudienceRestriction>`,
    `</saml:Conditions><saml:AuthnStatement AuthnInstant="${time(nowMs)}"${sessionEnd}><saml:AuthnContext>`,
    "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>",
    "</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>",
    ...Object.entries(attributes).map(([name, values]) =>
      values === undefined ? "" : attributeText(name, [values].flat()),
    ),
    "</saml:AttributeStatement></saml:Assertion>",
  ].join("");
  return said.change?.(text) ?? text;
}

const attributeText = (name: string, values: readonly string[]) =>
  `<saml:Attribute Name="${name.includes(":") && !name.startsWith("PrincipalTag:") ? name : AWS + name}">${values
    .map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`)
    .join("")}</saml:Attribute>`;

/** A response around assertions, canonical as well. */
export const responseText = (inside: string, signature = "", status = "Success") =>
  [
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" Version="2.0">',
    signature,
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"></samlp:StatusCode>`,
    `</samlp:Status>${inside}</samlp:Response>`,
  ].join("");

export const signedAssertion = (said: Said, idp: TestIdp, options?: SigningOptions) =>
  signXml(assertionText(said, idp.entityId), "_a1", idp.privateKey, options);

export const encoded = (text: string) => Buffer.from(text).toString("base64");

/** What a client sends. */
export const samlResponse = (said: Said, idp: TestIdp, options?: SigningOptions) =>
  encoded(responseText(signedAssertion(said, idp, options)));
