import assert from "node:assert/strict";
import { test } from "node:test";
import { isAwsError, SeededEntropy } from "../../../base/index.js";
import { canonicalXml, onlyChild, SIGNATURE_URI, textOf } from "../../../crypto/index.js";
import { SIGNATURE_HERE, signXml } from "../../../crypto/signed-xml/testing.js";
import { testIdp } from "../../../identity/saml/testing.js";
import { ASSERTION_URI, verifiedAssertion } from "./response.js";
import { assertionText, encoded, responseText, samlResponse, signedAssertion } from "./testing.js";

const idp = await testIdp();
const stranger = await testIdp();
const SAID = { nowMs: 0, roles: [] };
const ASSERTION = signedAssertion(SAID, idp);
const EVIL = assertionText({ ...SAID, subject: "evil" }, idp.entityId).replace(SIGNATURE_HERE, "");
const INVALID = "Your request included an invalid SAML response: ";

const verified = (text: string) => verifiedAssertion(encoded(text), [idp.publicKey]);

function subjectOf(text: string): string | undefined {
  const subject = onlyChild(verified(text), ASSERTION_URI, "Subject");
  const name = subject && onlyChild(subject, ASSERTION_URI, "NameID");
  return name && textOf(name);
}

function refused(text: string, reason: string): void {
  const message = reason.startsWith("Response") ? reason : `${INVALID}${reason}.`;
  assert.throws(() => verified(text), { code: "InvalidIdentityToken", message }, text);
}

const ONE = "it has not exactly one assertion";
const PLACE = "its assertion is not where an assertion stands";

test("a signed assertion is taken, in a response that is signed or not", () => {
  assert.equal(subjectOf(responseText(ASSERTION)), "ada");
  const both = signXml(responseText(ASSERTION, SIGNATURE_HERE), "_r1", idp.privateKey);
  assert.equal(subjectOf(both), "ada");
  assert.equal(onlyChild(verified(both), SIGNATURE_URI, "Signature"), undefined);
});

test("an unsigned assertion is refused, also in a signed response", () => {
  const reason = "what has to be signed has no signature of its own, or several";
  refused(responseText(EVIL), reason);
  refused(signXml(responseText(EVIL, SIGNATURE_HERE), "_r1", idp.privateKey), reason);
});

test("a response whose own signature is wrong is refused whatever it holds", () => {
  const foreign = signXml(responseText(ASSERTION, SIGNATURE_HERE), "_r1", stranger.privateKey);
  refused(foreign, "Response signature invalid");
  const whole = signXml(responseText(ASSERTION, SIGNATURE_HERE), "_r1", idp.privateKey);
  refused(whole.replace('Version="2.0">', 'Version="2.0" Destination="x">'), "Response signature invalid");
});

test("another identity provider's assertion, and one that was changed, are refused", () => {
  refused(responseText(signedAssertion(SAID, stranger)), "Response signature invalid");
  refused(responseText(ASSERTION.replace(">ada<", ">eve<")), "Response signature invalid");
  refused(responseText(ASSERTION.replace("<saml:Subject>", "<saml:Subject> ")), "Response signature invalid");
});

test("signature wrapping: the signed assertion somewhere, a forged one where it is read", () => {
  const renamed = EVIL.replace('ID="_a1"', 'ID="_evil"');
  refused(responseText(renamed + ASSERTION), ONE);
  refused(responseText(ASSERTION + renamed), ONE);
  // The signed one inside the forged one, in its signature's Object, in an extension, in Advice, around the response.
  refused(responseText(renamed.replace("<saml:Subject>", `${ASSERTION}<saml:Subject>`)), ONE);
  const signature = /<ds:Signature .*<\/ds:Signature>/.exec(ASSERTION)?.[0] ?? "";
  const original = ASSERTION.replace(signature, "");
  const carrying = signature.replace("</ds:Signature>", `<ds:Object>${original}</ds:Object></ds:Signature>`);
  refused(responseText(renamed.replace("<saml:Subject>", `${carrying}<saml:Subject>`)), ONE);
  refused(responseText(`<samlp:Extensions>${ASSERTION}</samlp:Extensions>${renamed}`), ONE);
  refused(responseText(`<samlp:Extensions>${ASSERTION}</samlp:Extensions>`), PLACE);
  refused(responseText(`<saml:Advice xmlns:saml="${ASSERTION_URI}">${ASSERTION}</saml:Advice>`), PLACE);
  refused(responseText(ASSERTION.replaceAll("saml:Assertion", "saml:assertion")), ONE);
  // Hidden from a search by namespace, or by name.
  refused(responseText(`${ASSERTION}<Assertion xmlns="urn:other"></Assertion>`), ONE);
  refused(responseText(`<Assertion xmlns="urn:other" ID="_a1">${signature}</Assertion>`), PLACE);
  refused(
    responseText(`${ASSERTION}<saml:EncryptedAssertion xmlns:saml="${ASSERTION_URI}"></saml:EncryptedAssertion>`),
    ONE,
  );
});

test("a signature taken from one assertion does not fit another, with its ID or its own", () => {
  const signature = /<ds:Signature .*<\/ds:Signature>/.exec(ASSERTION)?.[0] ?? "";
  const forged = assertionText({ ...SAID, subject: "evil" }, idp.entityId).replace(SIGNATURE_HERE, signature);
  refused(responseText(forged), "Response signature invalid");
  refused(
    responseText(forged.replace('ID="_a1"', 'ID="_a2"')),
    "its signature is not over the element that it stands in",
  );
});

test("an ID twice is refused, however it is written and whoever bears it", () => {
  for (const id of ['ID="_a1"', 'Id="_a1"', 'id="_r1"', 'xml:id="_a1"'])
    refused(responseText(`<samlp:Extensions ${id}></samlp:Extensions>${ASSERTION}`), "it has an ID twice");
});

test("a signature where none belongs is refused", () => {
  const stray = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:Signature>';
  const reason = "it has a signature where none belongs";
  refused(responseText(`<samlp:Extensions>${stray}</samlp:Extensions>${ASSERTION}`), reason);
  refused(responseText(ASSERTION.replace("<saml:Subject>", `<saml:Subject>${stray}`)), reason);
  refused(responseText(`<Signature xmlns="urn:other"></Signature>${ASSERTION}`), reason);
});

test("a comment inside a name, a document type, an entity and a CDATA section are refused", () => {
  const named = signedAssertion({ ...SAID, subject: "ada@example.com.evil.com" }, idp);
  refused(responseText(named.replace(".com.evil", ".com<!-- -->.evil")), "it has a comment");
  const declared = "it has a document type, a CDATA section or another declaration";
  refused(`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${responseText(ASSERTION)}`, declared);
  refused(responseText(ASSERTION.replace(">ada<", "><![CDATA[ada]]><")), declared);
  refused(responseText(ASSERTION.replace(">ada<", ">&ada;<")), "it has an entity that XML itself has not");
  refused(responseText(ASSERTION.replace(">ada<", "><?a?>ada<")), "it has a processing instruction");
});

test("long, deep and crowded documents are refused unread", () => {
  refused(responseText(ASSERTION + " ".repeat(100_000)), "it is too long");
  const crowd = "it has too many elements, or too deep ones";
  refused(responseText(`${"<a>".repeat(40)}${"</a>".repeat(40)}${ASSERTION}`), crowd);
  refused(responseText(`${"<a/>".repeat(5000)}${ASSERTION}`), crowd);
});

test("a failure that the identity provider reports, and an encrypted assertion, are said clearly", () => {
  assert.throws(() => verified(responseText("", "", "Responder")), {
    code: "IDPRejectedClaim",
    status: 403,
    message: "The identity provider reported that authentication failed.",
  });
  assert.throws(() => verified(responseText(ASSERTION, "", "Responder")), { code: "IDPRejectedClaim" });
  refused(
    responseText(`<saml:EncryptedAssertion xmlns:saml="${ASSERTION_URI}"></saml:EncryptedAssertion>`),
    "its assertion is encrypted, which is not implemented here",
  );
});

test("what is no response of SAML 2.0 in base 64 is refused; base 64 may come in lines", () => {
  const verifiedText = (text: string) => verifiedAssertion(text, [idp.publicKey]);
  for (const text of ["====", "a", "<a/>", "\u00e9\u00e9\u00e9\u00e9", "\n\n\n\n"])
    assert.throws(() => verifiedText(text), { code: "InvalidIdentityToken", message: "Invalid base64 SAMLResponse" });
  assert.ok(verifiedText(samlResponse(SAID, idp).replace(/.{76}/g, "$&\r\n")));
  refused(ASSERTION, "it is no response of SAML 2.0");
  refused("text", "it is not well-formed");
  refused(responseText(ASSERTION).replace(/<samlp:Status>.*<\/samlp:Status>/, ""), "it has no status");
  refused(
    responseText(ASSERTION).replaceAll("SAML:2.0:protocol", "SAML:1.0:protocol"),
    "it is no response of SAML 2.0",
  );
});

test("no change of a signed response makes it say anything else", () => {
  const whole = Buffer.from(responseText(ASSERTION));
  const said = canonicalXml(verified(whole.toString()));
  const entropy = new SeededEntropy(7);
  const below = (count: number) => Buffer.from(entropy.bytes(4)).readUInt32LE() % count;
  const inserts = [
    "<!---->",
    "<b/>",
    " ",
    "&#x61;",
    "\r",
    "]]>",
    '"',
    "<",
    "<saml:Subject>",
    ' ID="_a1"',
    ' xmlns="urn:x"',
  ];
  let taken = 0;
  for (let round = 0; round < 800; round += 1) {
    const [at, to] = [below(whole.length), below(whole.length)];
    const piece = whole.subarray(at, at + below(300));
    const middle = [
      () => [Buffer.from([below(256)]), whole.subarray(at + 1)],
      () => [whole.subarray(at + 1 + below(40))],
      () => [Buffer.from(inserts[below(inserts.length)] ?? ""), whole.subarray(at)],
      () => [whole.subarray(to, to + below(300)), whole.subarray(at)],
      () => [piece, piece, whole.subarray(at + piece.length)],
    ][below(5)];
    const changed = Buffer.concat([whole.subarray(0, at), ...(middle?.() ?? [])]);
    try {
      assert.ok(canonicalXml(verified(changed.toString("latin1"))).equals(said), changed.toString());
      taken += 1;
    } catch (thrown) {
      if (!isAwsError(thrown)) throw thrown;
      assert.match(thrown.code, /^(InvalidIdentityToken|IDPRejectedClaim)$/);
    }
  }
  assert.ok(taken > 0 && taken < 200, `${taken} changes were of nothing that is signed`);
});
