import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import { HOUSE_ACCOUNT } from "../testing.js";
import type { SamlProvider } from "./providers.js";

const ALGORITHMS = {
  ec: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  rsa: { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
  weak: { name: "RSASSA-PKCS1-v1_5", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
} as const;

export interface TestIdp {
  readonly entityId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** DER in base 64. */
  readonly certificate: string;
  /** A metadata document; `more` goes into its root element's tag, `keys` before its own key. */
  metadata(more?: string, keys?: string): string;
}

/** The house's provider of that name, which trusts this identity provider. */
export const testProvider = (idp: TestIdp, more: Partial<SamlProvider> = {}): SamlProvider => ({
  account: HOUSE_ACCOUNT,
  name: "Corp",
  path: "/",
  ownerId: "",
  id: "SAMLSPAAAA",
  entityId: idp.entityId,
  certificates: [idp.certificate],
  createdMs: 0,
  validUntilMs: Date.parse("2027-01-01T00:00:00Z"),
  tags: [],
  ...more,
});

/** An identity provider of SAML with a key and a certificate that it signed itself. */
export async function testIdp(
  type: keyof typeof ALGORITHMS = "ec",
  entityId = "https://idp.example.com/saml",
): Promise<TestIdp> {
  const algorithm = ALGORITHMS[type];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const made = await X509CertificateGenerator.create({
    serialNumber: "01",
    subject: "CN=idp.example.com",
    issuer: "CN=idp.example.com",
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2027-01-01T00:00:00Z"),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const certificate = Buffer.from(made.rawData).toString("base64");
  return {
    entityId,
    privateKey: KeyObject.from(keys.privateKey),
    publicKey: KeyObject.from(keys.publicKey),
    certificate,
    metadata: (more = "", before = "") => metadataOf(entityId, more, before + keyDescriptor(certificate)),
  };
}

export const keyDescriptor = (certificate: string, use = ' use="signing"') =>
  `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>` +
  `<ds:X509Certificate>\n${certificate.replace(/.{64}/g, "$&\n")}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo>` +
  "</md:KeyDescriptor>";

/** As generators write it, comment and all; IAM takes no document below 1,000 characters. */
const metadataOf = (entityId: string, more: string, keys: string) => `<?xml version="1.0" encoding="UTF-8"?>
<!-- Metadata of ${entityId}${" ".repeat(300)}-->
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"${more}>
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    ${keys}
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${entityId}/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
`;
