import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { canonicalXml } from "./canonical.js";
import { everyElement, textOf } from "./elements.js";
import { signedContent, WrongSignature } from "./signature.js";
import { readXml } from "./xml.js";

/** Signed by xmlsec1, which is libxml2's canonical form: nothing of ours had a hand in these. */
interface Golden {
  readonly certificates: Readonly<Record<string, string>>;
  readonly documents: readonly { readonly name: string; readonly key: string; readonly text: string }[];
}

const FILE = join(process.cwd(), "src", "crypto", "signed-xml", "golden", "xmlsec1.json");
const { certificates, documents } = JSON.parse(readFileSync(FILE, "utf8")) as Golden; // a file of our own
const BOUNDS = { bytes: 100_000, elements: 1000 };

function contentOf({ key, text }: Golden["documents"][number]) {
  const keys = [new X509Certificate(Buffer.from(certificates[key] ?? "", "base64")).publicKey];
  const [assertion] = [...everyElement(readXml(Buffer.from(text), BOUNDS))].filter(
    ({ local }) => local === "Assertion",
  );
  assert.ok(assertion);
  return signedContent(assertion, "ID", keys, BOUNDS);
}

test("what xmlsec1 signed verifies, and not with one character changed", () => {
  assert.equal(documents.length, 3);
  for (const document of documents) {
    assert.ok(contentOf(document), document.name);
    const changed = document.text.replace(/<(\/?)((?:\w+:)?)(Issuer|AttributeValue|inner)/, "<$1$2Other");
    const close = changed.replace(/<\/((?:\w+:)?)(Issuer|AttributeValue|inner)/, "</$1Other");
    assert.notEqual(close, document.text);
    assert.throws(() => contentOf({ ...document, text: close }), WrongSignature, document.name);
  }
});

test("characters and namespaces come out as they were meant", () => {
  const [first, second, third] = documents.map(contentOf);
  assert.ok(first && second && third);
  const name = [...everyElement(first)].find(({ local }) => local === "NameID");
  assert.equal(name && textOf(name), 'ada & <bob> "q" \u00e9\u{1F600}\r');
  assert.equal(name?.attributes.find(({ local }) => local === "NameQualifier")?.value, "a\tb\nc\rd  e");
  const values = [...everyElement(second)].filter(({ local }) => local === "AttributeValue");
  assert.deepEqual(values.map(textOf), ["v", ""]);
  assert.match(canonicalXml(second).toString(), /^<saml:Assertion xmlns:saml="[^"]*" ID="_a">/);
  assert.deepEqual(
    [...everyElement(third)].map(({ local, uri }) => `${local} ${uri.split(":").at(-1)}`),
    ["Assertion assertion", "inner ", "x p2", "x assertion", "other default"],
  );
});
