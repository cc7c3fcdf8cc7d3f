import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedXml } from "../../crypto/index.js";
import { parseSamlMetadata, samlSigningKeys } from "./metadata.js";
import { keyDescriptor, testIdp } from "./testing.js";
import { parseSamlTime } from "./time.js";

const [idp, other, weak] = await Promise.all([testIdp(), testIdp("ec"), testIdp("weak")]);

function refused(document: string, reason: RegExp): void {
  assert.throws(
    () => parseSamlMetadata(document),
    (thrown) => thrown instanceof RefusedXml && reason.test(thrown.message),
    document,
  );
}

test("a document's entity, signing keys and end are read", () => {
  const document = idp.metadata(' validUntil="2027-01-01T00:00:00Z"', keyDescriptor(other.certificate, ""));
  const metadata = parseSamlMetadata(document);
  assert.deepEqual(metadata, {
    entityId: "https://idp.example.com/saml",
    certificates: [other.certificate, idp.certificate],
    validUntilMs: Date.parse("2027-01-01T00:00:00Z"),
  });
  assert.equal(samlSigningKeys(metadata)[1]?.equals(idp.publicKey), true);
  assert.equal(parseSamlMetadata(idp.metadata()).validUntilMs, undefined);
});

test("a key for encryption signs nothing", () => {
  const document = idp.metadata("", keyDescriptor(other.certificate, ' use="encryption"'));
  assert.deepEqual(parseSamlMetadata(document).certificates, [idp.certificate]);
  refused(idp.metadata().replace('use="signing"', 'use="encryption"'), /no certificate for signing/);
});

test("a document that is none, or of no identity provider of SAML 2.0, is refused", () => {
  const document = idp.metadata();
  refused("metadata", /well-formed/);
  refused(`\n${document}`, /instruction/);
  refused(document.replace("<md:EntityDescriptor", '<!DOCTYPE a SYSTEM "x"><md:EntityDescriptor'), /document type/);
  refused(document.replaceAll("EntityDescriptor", "EntitiesDescriptor"), /one entity/);
  refused(document.replaceAll("SAML:2.0:metadata", "SAML:1.0:metadata"), /one entity/);
  refused(document.replace(/ entityID="[^"]*"/, ""), /no entityID/);
  refused(document.replace(/ entityID="[^"]*"/, ` entityID="${"x".repeat(1025)}"`), /no entityID/);
  refused(document.replaceAll("IDPSSODescriptor", "SPSSODescriptor"), /one identity provider/);
  refused(document.replace("SAML:2.0:protocol", "SAML:1.1:protocol"), /one identity provider/);
  refused(document.replace(/(<md:IDPSSODescriptor .*<\/md:IDPSSODescriptor>)/s, "$1$1"), /one identity provider/);
  refused(idp.metadata(' validUntil="soon"'), /no time/);
});

test("a certificate that cannot be read, has a weak key, or is one too many is refused", () => {
  refused(idp.metadata("", keyDescriptor("AAAA")), /cannot be read/);
  refused(idp.metadata("", keyDescriptor("no base 64")), /cannot be read/);
  refused(idp.metadata("", keyDescriptor(weak.certificate)), /2048/);
  const ten = Array.from({ length: 10 }, () => keyDescriptor(other.certificate)).join("");
  assert.equal(parseSamlMetadata(idp.metadata("", ten)).certificates.length, 2);
});

test("documents are bounded", () => {
  refused(idp.metadata("", `<!--${"x".repeat(1024 * 1024)}-->`), /too long/);
  refused(idp.metadata("", "<a/>".repeat(20_000)), /too many/);
});

test("times are moments of UTC and nothing else", () => {
  assert.equal(parseSamlTime("2026-11-21T09:00:00.123Z"), Date.parse("2026-11-21T09:00:00.123Z"));
  for (const text of [
    "2026-11-21",
    "2026-11-21T09:00:00",
    "2026-11-21T09:00:00+01:00",
    "2026-13-21T09:00:00Z",
    "now",
    "",
  ])
    assert.equal(parseSamlTime(text), undefined);
});
