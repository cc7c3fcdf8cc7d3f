import type { KeyObject } from "node:crypto";
import { LIMITS, parseBase64 } from "../../../base/index.js";
import {
  attributeOf,
  childrenOf,
  everyElement,
  isElement,
  onlyChild,
  RefusedXml,
  readXml,
  SIGNATURE_URI,
  signedContent,
  WrongSignature,
  type XmlElement,
} from "../../../crypto/index.js";
import { idpRejectedClaim, invalidIdentityToken } from "../errors.js";

export const ASSERTION_URI = "urn:oasis:names:tc:SAML:2.0:assertion";
const PROTOCOL_URI = "urn:oasis:names:tc:SAML:2.0:protocol";
const SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BOUNDS = { bytes: LIMITS.samlResponseChars, elements: LIMITS.samlResponseElements };

/**
 * The assertion of a response, as one of these keys signed it: read from the signed bytes alone. The response around
 * it decides nothing, except that a signature of its own must be right as well.
 */
export function verifiedAssertion(text: string, keys: readonly KeyObject[]): XmlElement {
  const bytes = parseBase64(text.replace(/[ \t\r\n]/g, ""));
  if (bytes === undefined || bytes.length === 0) throw invalidIdentityToken("Invalid base64 SAMLResponse");
  try {
    return assertionIn(readXml(bytes, BOUNDS), keys);
  } catch (thrown) {
    if (thrown instanceof WrongSignature) throw invalidIdentityToken("Response signature invalid");
    if (thrown instanceof RefusedXml) throw invalidResponse(thrown.message);
    throw thrown;
  }
}

export const invalidResponse = (reason: string) =>
  invalidIdentityToken(`Your request included an invalid SAML response: ${reason}.`);

function assertionIn(response: XmlElement, keys: readonly KeyObject[]): XmlElement {
  if (!isElement(response, PROTOCOL_URI, "Response")) throw new RefusedXml("it is no response of SAML 2.0");
  refuseFailure(response);
  const assertion = soleAssertion(response);
  checkIds(response);
  checkSignatures(response, assertion);
  if (childrenOf(response, SIGNATURE_URI, "Signature").length > 0) signedContent(response, "ID", keys, BOUNDS);
  return signedContent(assertion, "ID", keys, BOUNDS);
}

/** Nobody signed this status: it can only refuse. */
function refuseFailure(response: XmlElement): void {
  const status = onlyChild(response, PROTOCOL_URI, "Status");
  const code = status && onlyChild(status, PROTOCOL_URI, "StatusCode");
  if (code === undefined) throw new RefusedXml("it has no status");
  if (attributeOf(code, "Value") !== SUCCESS)
    throw idpRejectedClaim("The identity provider reported that authentication failed.");
}

/** One in the whole document, and that right below the response: which one is meant is never a question. */
function soleAssertion(response: XmlElement): XmlElement {
  const all = [...everyElement(response)].filter(({ local }) => /^(Encrypted)?Assertion$/.test(local));
  const [assertion, ...more] = all;
  if (assertion === undefined || more.length > 0) throw new RefusedXml("it has not exactly one assertion");
  if (assertion.local === "EncryptedAssertion")
    throw new RefusedXml("its assertion is encrypted, which is not implemented here");
  if (assertion.parent !== response || !isElement(assertion, ASSERTION_URI, "Assertion"))
    throw new RefusedXml("its assertion is not where an assertion stands");
  return assertion;
}

function checkIds(response: XmlElement): void {
  const ids = [...everyElement(response)].flatMap(({ attributes }) =>
    attributes.filter(({ local }) => local.toLowerCase() === "id").map(({ value }) => value),
  );
  if (new Set(ids).size < ids.length) throw new RefusedXml("it has an ID twice");
}

function checkSignatures(response: XmlElement, assertion: XmlElement): void {
  const signatures = [...everyElement(response)].filter(({ local }) => local === "Signature");
  if (signatures.some(({ parent, uri }) => uri !== SIGNATURE_URI || (parent !== response && parent !== assertion)))
    throw new RefusedXml("it has a signature where none belongs");
}
