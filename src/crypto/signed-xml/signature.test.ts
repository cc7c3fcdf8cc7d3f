import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { testRsaKey } from "../testing.js";
import { onlyChild, textOf } from "./elements.js";
import { signedContent, WrongSignature } from "./signature.js";
import { SIGNATURE_HERE, type SigningOptions, signXml } from "./testing.js";
import { RefusedXml, readXml } from "./xml.js";

const BOUNDS = { bytes: 100_000, elements: 1000 };
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsaKey = testRsaKey("RSA_2048");
const rsa = { privateKey: rsaKey, publicKey: createPublicKey(rsaKey) };
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
const TEXT = `<a ID="one">${SIGNATURE_HERE}<b>said</b></a>`;

const verified = (text: string, keys: readonly KeyObject[] = [ec.publicKey]) =>
  signedContent(readXml(Buffer.from(text), BOUNDS), "ID", keys, BOUNDS);
const signed = (options?: SigningOptions, key = ec.privateKey) => signXml(TEXT, "one", key, options);

const wrong = (text: string, keys?: readonly KeyObject[]) => assert.throws(() => verified(text, keys), WrongSignature);
function refused(text: string, reason: RegExp): void {
  assert.throws(
    () => verified(text),
    (thrown) => thrown instanceof RefusedXml && reason.test(thrown.message),
    text,
  );
}

/** Signed by the right key, with SignedInfo changed before: nothing but the rule itself refuses it. */
const withInfo = (from: string | RegExp, to: string) =>
  signed({
    info: (text) => {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text);
      return changed;
    },
  });
const withSignature = (change: (text: string) => string) => signed({ signature: change });

test("what was signed is read from the signed bytes, without the signature", () => {
  const content = verified(signed());
  const said = onlyChild(content, "", "b");
  assert.equal(said && textOf(said), "said");
  assert.equal(content.children.length, 1);
  assert.ok(verified(signed({}, rsa.privateKey), [stranger.publicKey, ec.publicKey, rsa.publicKey]));
});

test("another key, a changed byte, or no key at all verifies nothing", () => {
  wrong(signed(), [stranger.publicKey]);
  wrong(signed(), [rsa.publicKey]);
  wrong(signed(), []);
  wrong(signed().replace("said", "paid"));
  wrong(signed().replace('ID="one"', 'ID="one" c=""'));
  wrong(signed().replace("<b>", "<b> "));
  wrong(signed().replace("SignedInfo><ds:C", "SignedInfo> <ds:C"));
  wrong(withInfo(/<ds:DigestValue>[^<]*/, `<ds:DigestValue>${"A".repeat(43)}=`));
});

test("an unsigned element, or one with two signatures, is refused", () => {
  refused(TEXT.replace(SIGNATURE_HERE, ""), /no signature of its own/);
  refused(
    withSignature((text) => text + text),
    /no signature of its own/,
  );
  refused(`<c ID="two">${signed()}</c>`, /no signature of its own/);
});

test("a signature over another element, over the document, or over nothing named is refused", () => {
  refused(withInfo('URI="#one"', 'URI="#two"'), /not over the element/);
  refused(withInfo('URI="#one"', 'URI=""'), /not over the element/);
  refused(withInfo(' URI="#one"', ""), /not over the element/);
  refused(withInfo('URI="#one"', "URI=\"#xpointer(id('one'))\""), /not over the element/);
  refused(withInfo('URI="#one"', 'URI="http://example.com/one"'), /not over the element/);
  refused(withInfo(/(<ds:Reference.*<\/ds:Reference>)/, "$1$1"), /more or less than one/);
  refused(withInfo(/<ds:Reference.*<\/ds:Reference>/, ""), /more or less than one/);
  refused(withInfo("<ds:Reference", `${"<a></a>".repeat(16)}<ds:Reference`), /more or less than one/);
  refused(signed().replace(' ID="one"', ""), /not over the element/);
});

test("weak algorithms are refused, whoever signed", () => {
  const method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
  for (const weak of [
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
    "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "constructor",
    "",
  ])
    refused(withInfo(method, weak), /algorithm/);
  refused(withInfo("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"), /digest/);
  refused(withInfo("<ds:DigestMethod", "<ds:OtherMethod").replace("</ds:DigestMethod", "</ds:OtherMethod"), /./);
});

test("a MAC made with the public key is no signature", () => {
  const spki = ec.publicKey.export({ type: "spki", format: "pem" });
  const hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
  const forged = signed({
    info: (text) => text.replace("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", hmac),
    sign: (bytes) => createHmac("sha256", spki).update(bytes).digest(),
  });
  refused(forged, /algorithm/);
});

test("the method's key decides: RSA's name over an elliptic key verifies nothing", () => {
  wrong(withInfo("ecdsa-sha256", "rsa-sha256"), [ec.publicKey, rsa.publicKey]);
});

test("a certificate or key inside the signature is not looked at", () => {
  const jwk = stranger.publicKey.export({ format: "jwk" });
  const keyInfo = `<ds:KeyInfo><ds:KeyValue>${JSON.stringify(jwk).replaceAll('"', "&quot;")}</ds:KeyValue></ds:KeyInfo>`;
  const inside = (text: string) => text.replace("</ds:Signature>", `${keyInfo}</ds:Signature>`);
  wrong(signed({ signature: inside }, stranger.privateKey));
  assert.ok(verified(signed({ signature: inside })));
});

test("other canonical forms and transforms are refused", () => {
  const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
  for (const other of [
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    `${exclusive}WithComments`,
  ])
    refused(withInfo(exclusive, other), /exclusive canonical/);
  const transforms = /(<ds:Transforms>)(<ds:Transform A[^>]*><\/ds:Transform>)(<ds:Transform A[^>]*><\/ds:Transform>)/;
  const xslt = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform>';
  for (const to of [
    "$1",
    "$1$2",
    "$1$3",
    "$1$3$2",
    "$1$2$2",
    "$1$3$3",
    `$1${xslt}$2$3`,
    `$1$2${xslt}`,
    `$1$2$3${xslt}`,
  ])
    refused(withInfo(transforms, to), /transforms/);
  refused(withInfo(/<ds:Transforms>.*<\/ds:Transforms>/, ""), /parts/);
  const filter =
    '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"><ds:XPath>b</ds:XPath>';
  refused(withInfo(/<ds:Transform A[^>]*enveloped-signature">/, filter), /transforms/);
  const prefixes = (list: string) =>
    `xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${list}"></ec:InclusiveNamespaces></ds:Transform>`;
  assert.ok(verified(withInfo('xml-exc-c14n#"></ds:Transform>', prefixes("xs #default"))));
  refused(
    withInfo('xml-exc-c14n#"></ds:Transform>', prefixes(Array.from({ length: 33 }, (_, at) => `p${at}`).join(" "))),
    /prefixes/,
  );
});

test("a signature with more in it than a signature is refused", () => {
  const object = '<ds:Object><a ID="one"><b>evil</b></a></ds:Object>';
  refused(
    withSignature((text) => text.replace("</ds:Signature>", `${object}</ds:Signature>`)),
    /parts/,
  );
  refused(
    withSignature((text) => text.replace(/(<ds:SignedInfo>.*<\/ds:SignedInfo>)/, "$1$1")),
    /parts/,
  );
  refused(
    withSignature((text) => text.replace(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, "")),
    /parts/,
  );
  refused(
    withSignature((text) => text.replace(/(<ds:SignatureValue>.*)(<\/ds:SignatureValue>)/, "$1<b></b>$2")),
    /base 64/,
  );
  refused(
    withSignature((text) => text.replace(/(<ds:SignatureValue>).*(<\/ds:SignatureValue>)/, "$1!$2")),
    /base 64/,
  );
});
