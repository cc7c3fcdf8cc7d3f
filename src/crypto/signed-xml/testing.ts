import { createHash, type KeyObject, sign } from "node:crypto";

/** Where the signature stands in the text of an element. */
export const SIGNATURE_HERE = "{signature}";
const DS = ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";

export interface SigningOptions {
  /** Changes SignedInfo before it is signed. */
  readonly info?: (text: string) => string;
  /** Changes the whole signature afterwards. */
  readonly signature?: (text: string) => string;
  readonly sign?: (bytes: Buffer) => Buffer;
}

/**
 * Signs an element whose text is its canonical form already, written by hand: it shares nothing with our own
 * canonicalization, so that the two cannot be wrong alike.
 */
export function signXml(text: string, id: string, key: KeyObject, options: SigningOptions = {}): string {
  const digest = createHash("sha256").update(text.replace(SIGNATURE_HERE, "")).digest("base64");
  const type = key.asymmetricKeyType === "rsa" ? "rsa" : "ecdsa";
  const transforms = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", EXCLUSIVE]
    .map((algorithm) => `<ds:Transform Algorithm="${algorithm}"></ds:Transform>`)
    .join("");
  const plain =
    `<ds:SignedInfo${DS}><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#${type}-sha256"></ds:SignatureMethod>` +
    `<ds:Reference URI="#${id}"><ds:Transforms>${transforms}</ds:Transforms>` +
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>' +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const info = options.info?.(plain) ?? plain;
  const signer = options.sign ?? ((bytes: Buffer) => sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }));
  const value = signer(Buffer.from(info)).toString("base64");
  const whole = `<ds:Signature${DS}>${info.replace(DS, "")}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
  return text.replace(SIGNATURE_HERE, () => options.signature?.(whole) ?? whole);
}
