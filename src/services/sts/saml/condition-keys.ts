import { createHash } from "node:crypto";
import { type SamlProvider, type SamlSubject, samlSubjectValues } from "../../../identity/index.js";
import type { SamlIdentity } from "./assertion.js";

/** AWS's condition keys by the attributes that fill them, as the IAM User Guide maps them; lists keep all their values. */
const KEYS: readonly (readonly [key: string, kind: "text" | "list", ...attributes: string[]])[] = [
  ["edupersonaffiliation", "list", "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"],
  ["edupersonnickname", "list", "urn:oid:1.3.6.1.4.1.5923.1.1.1.2"],
  ["edupersonorgdn", "text", "urn:oid:1.3.6.1.4.1.5923.1.1.1.3"],
  ["edupersonorgunitdn", "list", "urn:oid:1.3.6.1.4.1.5923.1.1.1.4"],
  ["edupersonprimaryaffiliation", "text", "urn:oid:1.3.6.1.4.1.5923.1.1.1.5"],
  ["edupersonprincipalname", "text", "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"],
  ["edupersonentitlement", "list", "urn:oid:1.3.6.1.4.1.5923.1.1.1.7"],
  ["edupersonprimaryorgunitdn", "text", "urn:oid:1.3.6.1.4.1.5923.1.1.1.8"],
  ["edupersonscopedaffiliation", "list", "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"],
  ["edupersontargetedid", "list", "urn:oid:1.3.6.1.4.1.5923.1.1.1.10"],
  ["edupersonassurance", "list", "urn:oid:1.3.6.1.4.1.5923.1.1.1.11"],
  ["eduorghomepageuri", "list", "urn:oid:1.3.6.1.4.1.5923.1.2.1.2"],
  ["eduorgidentityauthnpolicyuri", "list", "urn:oid:1.3.6.1.4.1.5923.1.2.1.3"],
  ["eduorglegalname", "list", "urn:oid:1.3.6.1.4.1.5923.1.2.1.4"],
  ["eduorgsuperioruri", "list", "urn:oid:1.3.6.1.4.1.5923.1.2.1.5"],
  ["eduorgwhitepagesuri", "list", "urn:oid:1.3.6.1.4.1.5923.1.2.1.6"],
  ["cn", "list", "urn:oid:2.5.4.3"],
  ["name", "text", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"],
  ["commonname", "text", "http://schemas.xmlsoap.org/claims/CommonName", "2.5.4.3"],
  ["givenname", "text", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "2.5.4.42"],
  ["surname", "text", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "2.5.4.4"],
  ["mail", "text", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "0.9.2342.19200300.100.1.3"],
  [
    "uid",
    "text",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
    "0.9.2342.19200300.100.1.1",
  ],
  ["primarygroupsid", "text", "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid"],
  ["x500uniqueidentifier", "text", "2.5.4.45"],
  ["organizationstatus", "text", "0.9.2342.19200300.100.1.45"],
];

/** Whom the session will be of. The qualifier, AWS's hash, tells a person of one provider from a namesake of another. */
export const samlSubjectOf = (
  { issuer, subject, subjectType }: SamlIdentity,
  { account, name }: SamlProvider,
): SamlSubject => ({
  nameQualifier: createHash("sha1").update(`${issuer}${account}/${name}`).digest("base64"),
  subject,
  subjectType,
});

/** What a trust policy may ask about an assertion. */
export function samlValues(identity: SamlIdentity, provider: SamlProvider): Map<string, string | readonly string[]> {
  const values = new Map<string, string | readonly string[]>([
    ["saml:aud", identity.recipient],
    ["saml:iss", identity.issuer],
    ["saml:doc", `${provider.account}/${provider.name}`],
    ...samlSubjectValues(samlSubjectOf(identity, provider)),
  ]);
  for (const [key, kind, ...names] of KEYS) {
    // Where several attributes fill one key, the first that came does (AWS maps one).
    const found = names.map((name) => identity.attributes.get(name) ?? []).find(({ length }) => length > 0);
    const [first] = found ?? [];
    if (found !== undefined && first !== undefined) values.set(`saml:${key}`, kind === "list" ? found : first);
  }
  return values;
}
