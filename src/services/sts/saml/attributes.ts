import { attributeOf, childrenOf, textOf, type XmlElement } from "../../../crypto/index.js";
import { invalidIdentityToken } from "../errors.js";
import type { BroughtClaims } from "../federated-session.js";
import { ASSERTION_URI, invalidResponse } from "./response.js";

/** The values of each attribute by its name: some providers write a list in one attribute, some in several of one name. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

export function attributesOf(assertion: XmlElement): Attributes {
  const found = new Map<string, string[]>();
  const attributes = childrenOf(assertion, ASSERTION_URI, "AttributeStatement").flatMap((statement) =>
    childrenOf(statement, ASSERTION_URI, "Attribute"),
  );
  for (const attribute of attributes) {
    const name = attributeOf(attribute, "Name") ?? "";
    // A value that holds elements (eduPersonTargetedID's NameID) is no text: no key of AWS's shows it.
    const values = childrenOf(attribute, ASSERTION_URI, "AttributeValue").map(textOf);
    found.set(name, [...(found.get(name) ?? []), ...values.filter((value) => value !== undefined)]);
  }
  return found;
}

/** What the assertion asks of the session, in the attributes that AWS names. */
export interface AskedSession extends BroughtClaims {
  readonly roleSessionName: string;
  /** No session that names no duration lasts longer. */
  readonly durationSeconds: number | undefined;
}

const AWS = "https://aws.amazon.com/SAML/Attributes/";
const TAG = `${AWS}PrincipalTag:`;
const NAME = /^[a-zA-Z_0-9+=,.@-]{2,64}$/;
const [LEAST_SECONDS, MOST_SECONDS] = [900, 43_200];

export function askedSession(attributes: Attributes): AskedSession {
  return {
    roleSessionName: roleSessionName(attributes),
    SourceIdentity: sourceIdentity(attributes),
    durationSeconds: sessionDuration(attributes),
    Tags: [...attributes.keys()]
      .filter((name) => name.startsWith(TAG))
      .map((name) => ({ Key: name.slice(TAG.length), Value: onlyValue(attributes, name) ?? "" })),
    TransitiveTagKeys: attributes.get(`${AWS}TransitiveTagKeys`) ?? [],
  };
}

/** The assertion lists the role with the provider, in either order. */
export const listsRole = (attributes: Attributes, roleArn: string, providerArn: string): boolean =>
  (attributes.get(`${AWS}Role`) ?? []).some((value) => {
    const pair = value.split(",").map((arn) => arn.trim());
    return pair.length === 2 && pair.includes(roleArn) && pair.includes(providerArn);
  });

function roleSessionName(attributes: Attributes): string {
  const name = onlyValue(attributes, `${AWS}RoleSessionName`);
  if (name === undefined) throw invalidIdentityToken("RoleSessionName is required in AuthnResponse");
  if (!NAME.test(name))
    throw invalidIdentityToken("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}");
  return name;
}

function sourceIdentity(attributes: Attributes): string | undefined {
  const identity = onlyValue(attributes, `${AWS}SourceIdentity`);
  if (identity !== undefined && (!NAME.test(identity) || identity.startsWith("aws:")))
    throw invalidIdentityToken('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"');
  return identity;
}

function sessionDuration(attributes: Attributes): number | undefined {
  const text = onlyValue(attributes, `${AWS}SessionDuration`);
  if (text === undefined) return undefined;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS)
    throw invalidResponse(`its SessionDuration is no number of seconds from ${LEAST_SECONDS} to ${MOST_SECONDS}`);
  return seconds;
}

function onlyValue(attributes: Attributes, name: string): string | undefined {
  const values = attributes.get(name);
  if (values === undefined) return undefined;
  if (values.length !== 1) throw invalidResponse("an attribute of AWS's with one value has none, or several");
  return values[0];
}
