import { createHash, type KeyObject, verify } from "node:crypto";
import { equalBytes, LIMITS, parseBase64, rowOf, table } from "../../base/index.js";
import { canonicalXml } from "./canonical.js";
import { attributeOf, childrenOf, elementsIn, everyElement, isElement, onlyChild, textOf } from "./elements.js";
import { RefusedXml, readXml, type XmlBounds, type XmlElement } from "./xml.js";

export const SIGNATURE_URI = "http://www.w3.org/2000/09/xmldsig#";
const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";

/** No SHA-1, no DSA, and no MAC, with which whoever knows the public key could sign. */
const METHODS = table<Record<string, Method>>({
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": { hash: "sha256", type: "rsa" },
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": { hash: "sha384", type: "rsa" },
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": { hash: "sha512", type: "rsa" },
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": { hash: "sha256", type: "ec" },
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": { hash: "sha384", type: "ec" },
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": { hash: "sha512", type: "ec" },
});

const ONE_THING = "its signature signs more or less than one thing";
/** With all that may stand in it, a SignedInfo has eleven. */
const MOST_INFO_ELEMENTS = 16;

type Method = { readonly hash: string; readonly type: "rsa" | "ec" };

const DIGESTS = table({
  "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
  "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
  "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
});

/** The document is fit to be verified, and none of the keys signed it as it is. */
export class WrongSignature extends Error {
  override readonly name = "WrongSignature";
}

/**
 * What was signed of an element that carries its own signature: read anew from the very bytes whose digest was signed,
 * so that nothing that the signature does not cover can be read. Keys come from the caller; KeyInfo is not looked at.
 */
export function signedContent(
  element: XmlElement,
  idAttribute: string,
  keys: readonly KeyObject[],
  bounds: XmlBounds,
): XmlElement {
  const signature = onlyChild(element, SIGNATURE_URI, "Signature");
  if (signature === undefined) throw new RefusedXml("what has to be signed has no signature of its own, or several");
  const [signedInfo, signatureValue] = partsOf(signature);
  // The canonical form is read instead of what came: it alone is what the key signed.
  const signedBytes = canonicalXml(signedInfo, { inclusive: prefixesOf(canonicalization(signedInfo)) });
  const info = readXml(signedBytes, bounds);
  const reference = referenceOf(info, attributeOf(element, idAttribute));
  if (!isSigned(signedBytes, methodOf(info), signatureValue, keys)) throw new WrongSignature();

  const content = canonicalXml(element, { without: signature, inclusive: reference.inclusive });
  const digest = createHash(reference.hash).update(content).digest();
  if (!equalBytes(digest, reference.digest)) throw new WrongSignature();
  const read = readXml(content, bounds);
  // Were reader and writer of two minds about anything, this is where it would show.
  if (!canonicalXml(read, { inclusive: reference.inclusive }).equals(content)) throw new WrongSignature();
  return read;
}

/** SignedInfo, SignatureValue, and at most a KeyInfo, in this order and nothing else. */
function partsOf(signature: XmlElement): readonly [XmlElement, Buffer] {
  const [info, value, ...rest] = elementsIn(signature);
  const isPlain = rest.length === 0 || (rest.length === 1 && rest[0] !== undefined && isOf(rest[0], "KeyInfo"));
  if (info === undefined || value === undefined || !isOf(info, "SignedInfo") || !isOf(value, "SignatureValue"))
    throw new RefusedXml("its signature has not the parts that a signature has");
  if (!isPlain) throw new RefusedXml("its signature has parts that no assertion's signature has");
  // Nobody vouches for it yet, and to make it canonical is work.
  if ([...everyElement(info)].length > MOST_INFO_ELEMENTS) throw new RefusedXml(ONE_THING);
  return [info, bytesOf(value)];
}

const isOf = (element: XmlElement, local: string) => isElement(element, SIGNATURE_URI, local);

function canonicalization(info: XmlElement): XmlElement {
  const method = onlyChild(info, SIGNATURE_URI, "CanonicalizationMethod");
  if (method === undefined || attributeOf(method, "Algorithm") !== EXCLUSIVE)
    throw new RefusedXml("its signature is not over exclusive canonical XML");
  return method;
}

function methodOf(info: XmlElement): Method {
  const element = onlyChild(info, SIGNATURE_URI, "SignatureMethod");
  const method = rowOf(METHODS, (element && attributeOf(element, "Algorithm")) ?? "");
  if (element === undefined || method === undefined || elementsIn(element).length > 0)
    throw new RefusedXml("its signature's algorithm is none of RSA and ECDSA with SHA-256, SHA-384 or SHA-512");
  return method;
}

interface Reference {
  readonly hash: string;
  readonly digest: Buffer;
  readonly inclusive: readonly string[];
}

/** One reference, to the element around the signature, through the two transforms of SAML. */
function referenceOf(info: XmlElement, id: string | undefined): Reference {
  const names = elementsIn(info).map((child) => (child.uri === SIGNATURE_URI ? child.local : ""));
  if (names.join(" ") !== "CanonicalizationMethod SignatureMethod Reference") throw new RefusedXml(ONE_THING);
  canonicalization(info);
  const [reference] = childrenOf(info, SIGNATURE_URI, "Reference");
  if (reference === undefined || !id || attributeOf(reference, "URI") !== `#${id}`)
    throw new RefusedXml("its signature is not over the element that it stands in");
  const [transforms, method, value, ...rest] = elementsIn(reference);
  const isWhole = transforms !== undefined && method !== undefined && value !== undefined && rest.length === 0;
  if (!isWhole || !isOf(transforms, "Transforms") || !isOf(method, "DigestMethod") || !isOf(value, "DigestValue"))
    throw new RefusedXml("its signature has not the parts that a signature has");
  const hash = rowOf(DIGESTS, attributeOf(method, "Algorithm") ?? "");
  if (hash === undefined || elementsIn(method).length > 0)
    throw new RefusedXml("its signature's digest is none of SHA-256, SHA-384 and SHA-512");
  return { hash, digest: bytesOf(value), inclusive: prefixesOf(exclusiveTransform(transforms)) };
}

function exclusiveTransform(transforms: XmlElement): XmlElement {
  const [enveloped, exclusive, ...more] = elementsIn(transforms);
  const isPair = enveloped !== undefined && exclusive !== undefined && more.length === 0;
  const algorithms = isPair && [enveloped, exclusive].every((each) => isOf(each, "Transform"));
  if (!algorithms || attributeOf(enveloped, "Algorithm") !== ENVELOPED || elementsIn(enveloped).length > 0)
    throw new RefusedXml("its signature has transforms other than the enveloped signature and exclusive canonical XML");
  if (attributeOf(exclusive, "Algorithm") !== EXCLUSIVE)
    throw new RefusedXml("its signature has transforms other than the enveloped signature and exclusive canonical XML");
  return exclusive;
}

/** The prefixes of an InclusiveNamespaces, which is all that may stand inside. */
function prefixesOf(method: XmlElement): readonly string[] {
  const [inclusive, ...more] = elementsIn(method);
  if (inclusive === undefined) return [];
  const list = attributeOf(inclusive, "PrefixList");
  if (more.length > 0 || !isElement(inclusive, EXCLUSIVE, "InclusiveNamespaces") || list === undefined)
    throw new RefusedXml("its signature has transforms other than the enveloped signature and exclusive canonical XML");
  const prefixes = list.split(" ").filter((prefix) => prefix !== "");
  if (prefixes.length > LIMITS.signedXmlPrefixes) throw new RefusedXml("its signature names too many prefixes");
  return prefixes.map((prefix) => (prefix === "#default" ? "" : prefix));
}

function isSigned(bytes: Buffer, { hash, type }: Method, signature: Buffer, keys: readonly KeyObject[]): boolean {
  return keys
    .filter((key) => key.asymmetricKeyType === type)
    .some((key) => verify(hash, bytes, type === "ec" ? { key, dsaEncoding: "ieee-p1363" } : key, signature));
}

/** Base64 as XML has it: in lines, perhaps. */
function bytesOf(element: XmlElement): Buffer {
  const bytes = parseBase64((textOf(element) ?? "").replace(/[ \t\n]/g, ""));
  if (bytes === undefined || bytes.length === 0) throw new RefusedXml("its signature is not in base 64");
  return bytes;
}
