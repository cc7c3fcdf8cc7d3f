import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { AwsError, LIMITS } from "../../base/index.js";
import { base32 } from "../../identity/index.js";

const malformed = (message: string) => new AwsError("MalformedCertificate", message, { status: 400 });

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const NOT_PEM = "Unable to parse certificate. Please ensure the certificate is in PEM format.";

/** One certificate that is valid now; nothing else may stand in the text. */
export function parseCertificate(text: string, nowMs: number): X509Certificate {
  const [certificate, ...more] = certificatesOf(text) ?? [];
  if (certificate === undefined || more.length > 0) throw malformed(NOT_PEM);
  const { validFrom, validTo } = certificate;
  if (nowMs < Date.parse(validFrom) || nowMs >= Date.parse(validTo))
    throw malformed(`The certificate is valid from ${validFrom} to ${validTo}, which is not now.`);
  return certificate;
}

/** Undefined where anything but certificates is in the text. */
function certificatesOf(text: string): X509Certificate[] | undefined {
  if (text.replace(BLOCK, "").trim() !== "") return undefined;
  try {
    return (text.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
  } catch {
    return undefined; // what OpenSSL makes of it is not for the caller
  }
}

/** Throws unless the key is the certificate's own, in clear. It is not kept. */
export function checkPrivateKey(certificate: X509Certificate, text: string): void {
  const key = privateKeyOf(text);
  if (!certificate.checkPrivateKey(key))
    throw new AwsError("KeyPairMismatch", "The private key does not match the certificate.", { status: 400 });
}

function privateKeyOf(text: string): KeyObject {
  if (/ENCRYPTED/.test(text)) throw malformed("Unable to parse key; the body is encrypted.");
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(text);
  } catch {
    key = undefined; // the text is secret: nothing of it goes into an error
  }
  if (key === undefined || !["rsa", "ec"].includes(key.asymmetricKeyType ?? ""))
    throw malformed("Unable to parse private key. Please ensure the private key is an RSA or EC key in PEM format.");
  return key;
}

/** Each certificate must be signed by the one after it, the server's own by the first. */
export function checkChain(certificate: X509Certificate, text: string): void {
  const chain = certificatesOf(text);
  if (chain === undefined) throw malformed(NOT_PEM);
  if (chain.length > LIMITS.certificateChain) throw badChain(LIMITS.certificateChain);
  chain.reduce((signed, issuer, at) => {
    const isSigned =
      signed.checkIssued(issuer) && signed.verify(issuer.publicKey) && !issuer.raw.equals(certificate.raw);
    if (!isSigned) throw badChain(at - 1);
    return issuer;
  }, certificate);
}

const badChain = (index: number) =>
  malformed(
    `Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${index}`,
  );

/** A signing certificate's id: 32 letters of base 32, the SHA-1 of its bytes. A name, no proof. */
export const certificateId = (certificate: X509Certificate): string =>
  base32(createHash("sha1").update(certificate.raw).digest());
