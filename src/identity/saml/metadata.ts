import { type KeyObject, X509Certificate } from "node:crypto";
import { LIMITS, parseBase64, utf8 } from "../../base/index.js";
import {
  attributeOf,
  childrenOf,
  isElement,
  onlyChild,
  RefusedXml,
  readXml,
  SIGNATURE_URI,
  textOf,
  type XmlElement,
} from "../../crypto/index.js";
import { parseSamlTime } from "./time.js";

/** What counts of an identity provider's metadata: its name, the keys that it signs with, and until when. */
export interface SamlMetadata {
  readonly entityId: string;
  /** Certificates of the signing keys, DER in base 64. The key alone counts: neither dates nor issuers of certificates do. */
  readonly certificates: readonly string[];
  readonly validUntilMs: number | undefined;
}

const METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
const PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol";
const MOST_ENTITY_ID_CHARS = 1024;
const LEAST_RSA_BITS = 2048;

/** Throws RefusedXml. The caller may change the account's providers, so comments, as generators write them, are no danger. */
export function parseSamlMetadata(document: string): SamlMetadata {
  const root = readXml(utf8(document), {
    bytes: LIMITS.samlMetadataBytes,
    elements: LIMITS.samlMetadataElements,
    comments: true,
  });
  if (!isElement(root, METADATA, "EntityDescriptor")) throw new RefusedXml("it does not describe one entity");
  const entityId = attributeOf(root, "entityID") ?? "";
  if (entityId === "" || entityId.length > MOST_ENTITY_ID_CHARS) throw new RefusedXml("it has no entityID");
  const role = onlyChild(root, METADATA, "IDPSSODescriptor");
  const protocols = (role && attributeOf(role, "protocolSupportEnumeration")) ?? "";
  if (role === undefined || !protocols.split(/[ \t\n]+/).includes(PROTOCOL))
    throw new RefusedXml("it does not describe one identity provider of SAML 2.0");
  const certificates = [...new Set(signingCertificates(role))];
  if (certificates.length === 0 || certificates.length > LIMITS.samlSigningKeys)
    throw new RefusedXml(`it has no certificate for signing, or more than ${LIMITS.samlSigningKeys}`);
  return { entityId, certificates, validUntilMs: earliestEnd([root, role]) };
}

export const samlSigningKeys = ({ certificates }: Pick<SamlMetadata, "certificates">): readonly KeyObject[] =>
  certificates.map((der) => new X509Certificate(Buffer.from(der, "base64")).publicKey);

function signingCertificates(role: XmlElement): string[] {
  return childrenOf(role, METADATA, "KeyDescriptor")
    .filter((key) => attributeOf(key, "use") !== "encryption")
    .flatMap((key) => childrenOf(key, SIGNATURE_URI, "KeyInfo"))
    .flatMap((info) => childrenOf(info, SIGNATURE_URI, "X509Data"))
    .flatMap((data) => childrenOf(data, SIGNATURE_URI, "X509Certificate"))
    .map((certificate) => checkedCertificate((textOf(certificate) ?? "").replace(/[ \t\n]/g, "")));
}

function checkedCertificate(text: string): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKeyOf(text);
  const isStrong = type === "ec" || (type === "rsa" && (details?.modulusLength ?? 0) >= LEAST_RSA_BITS);
  if (!isStrong) throw new RefusedXml(`its keys must be elliptic curves, or RSA of ${LEAST_RSA_BITS} bits or more`);
  return text;
}

function publicKeyOf(text: string): KeyObject {
  try {
    return new X509Certificate(parseBase64(text) ?? Buffer.alloc(0)).publicKey;
  } catch {
    throw new RefusedXml("it has a certificate that cannot be read");
  }
}

function earliestEnd(elements: readonly XmlElement[]): number | undefined {
  const ends = elements.flatMap((element) => {
    const text = attributeOf(element, "validUntil");
    return text === undefined ? [] : [parseSamlTime(text) ?? Number.NaN];
  });
  if (ends.some(Number.isNaN)) throw new RefusedXml("its validUntil is no time");
  return ends.length === 0 ? undefined : Math.min(...ends);
}
