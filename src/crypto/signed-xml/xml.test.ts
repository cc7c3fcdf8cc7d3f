import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalXml } from "./canonical.js";
import { onlyChild, textOf } from "./elements.js";
import { RefusedXml, readXml } from "./xml.js";

const BOUNDS = { bytes: 100_000, elements: 1000 };
const read = (text: string, more: object = {}) => readXml(Buffer.from(text), { ...BOUNDS, ...more });
const canonical = (text: string) => canonicalXml(read(text)).toString();

function refused(text: string | Buffer, reason: RegExp, more: object = {}): void {
  assert.throws(
    () => readXml(Buffer.from(text), { ...BOUNDS, ...more }),
    (thrown) => thrown instanceof RefusedXml && reason.test(thrown.message),
    String(text).slice(0, 200),
  );
}

test("what has been used to make two readers disagree is refused before anything is read", () => {
  refused('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /document type/);
  refused("<a><![CDATA[b]]></a>", /CDATA/);
  refused("<a>admin<!-- -->@evil</a>", /comment/);
  refused("<a><?php ?></a>", /processing instruction/);
  refused('<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>', /processing instruction/);
  refused('<?xml version="1.1"?><a/>', /processing instruction/);
  refused('<?xml version="1.0" encoding="UTF-7"?><a/>', /processing instruction/);
  refused("<a>&nbsp;</a>", /entity/);
  refused("<a>&#0;</a>", /entity/);
  refused("<a>&#xD800;</a>", /entity/);
  refused("<a>&amp</a>", /entity/);
  refused("<a>b\u0000</a>", /character/);
  refused("\ufeff<a/>", /character/);
  refused(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]), /UTF-8/);
});

test("what is not well-formed is refused", () => {
  for (const text of [
    "",
    "a",
    "<a>",
    "</a>",
    "<a></b>",
    "<a></a></a>",
    "<a/><a/>",
    "<a/>b",
    "b<a/>",
    "<a b=c/>",
    "<a b='<'/>",
    '<a b="c"d="e"/>',
    "<a b/>",
    "< a/>",
    "<a:b:c/>",
    "<ä/>",
    "<a>]]></a>",
    '<a b="c" b="d"/>',
    '<x:a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>',
    "<x:a/>",
    '<a x:b="c"/>',
    '<a xmlns:x=""/>',
    '<a xmlns:xml="u"/>',
    '<a xmlns:xmlns="u"/>',
    '<a xmlns:x="http://www.w3.org/2000/xmlns/"/>',
    '<a xmlns="u" xmlns="v"/>',
    `<a ${"b".repeat(200)}="c"/>`,
  ])
    refused(text, /./);
});

test("bytes, elements, depth and attributes are bounded", () => {
  refused(`<a>${" ".repeat(100_000)}</a>`, /too long/);
  refused(`<a>${"<b/>".repeat(1000)}</a>`, /too many/);
  const nested = (depth: number) => `${"<a>".repeat(depth)}${"</a>".repeat(depth)}`;
  assert.ok(read(nested(32)));
  refused(nested(33), /too deep/);
  const attributes = (count: number) => Array.from({ length: count }, (_, at) => ` a${at}=""`).join("");
  assert.ok(read(`<a${attributes(64)}/>`));
  refused(`<a${attributes(65)}/>`, /too many attributes/);
});

test("comments are dropped where they may stand, and nothing hides in one", () => {
  const comments = { comments: true };
  assert.equal(textOf(read("<!-- a --><a>b<!-- < & -->c</a><!---->", comments)), "bc");
  for (const text of ["<a><!-- -- --></a>", "<a><!--></a>", "<a><!--->", "<a><!-- </a>", "<a><!- -></a>"])
    refused(text, /./, comments);
});

test("text keeps its white space and its characters; namespaces go to those below", () => {
  const root = read('<a xmlns="u" xmlns:p="v">\r\n <p:b c=" x\ty&#10;z "> 1 &lt;&#x1F600;\r2</p:b></a>');
  const inner = onlyChild(root, "v", "b");
  assert.ok(inner);
  assert.equal(textOf(inner), " 1 <\u{1F600}\n2");
  assert.equal(inner.attributes[0]?.value, " x y\nz ");
  assert.equal(textOf(root), undefined);
  assert.equal(onlyChild(root, "u", "b"), undefined);
  assert.equal(onlyChild(read("<a><b/><b/></a>"), "", "b"), undefined);
});

test("the canonical form: empty elements, quotes, order, characters", () => {
  assert.equal(
    canonical(
      "<?xml version='1.0' encoding='utf-8'?>\n<a   d='1'\n b=\"2&gt;&#9;\" c='\"&apos;'><b/>&gt;&quot;&#13;\r\n</a >\n",
    ),
    '<a b="2>&#x9;" c="&quot;\'" d="1"><b></b>&gt;"&#xD;\n</a>',
  );
  // Attributes with a namespace come after those without, in order of the namespace, not of the prefix.
  assert.equal(
    canonical('<a xmlns:x="urn:2" xmlns:y="urn:1" x:a="1" y:b="2" z="3"/>'),
    '<a xmlns:x="urn:2" xmlns:y="urn:1" z="3" y:b="2" x:a="1"></a>',
  );
});

test("the exclusive form writes a namespace where it is used and no sooner", () => {
  const text =
    '<n0:a xmlns:n0="foo:bar" xmlns:n1="http://a" xmlns="urn:d"><n1:b xmlns=""><c n0:d="" xml:lang="en"/></n1:b></n0:a>';
  const root = read(text);
  assert.equal(
    canonicalXml(root).toString(),
    '<n0:a xmlns:n0="foo:bar"><n1:b xmlns:n1="http://a"><c n0:d="" xml:lang="en"></c></n1:b></n0:a>',
  );
  const inner = onlyChild(root, "http://a", "b");
  assert.ok(inner);
  assert.equal(
    canonicalXml(inner).toString(),
    '<n1:b xmlns:n1="http://a"><c xmlns:n0="foo:bar" n0:d="" xml:lang="en"></c></n1:b>',
  );
  assert.equal(
    canonicalXml(inner, { inclusive: ["n0", "", "unknown"] }).toString(),
    '<n1:b xmlns:n0="foo:bar" xmlns:n1="http://a"><c n0:d="" xml:lang="en"></c></n1:b>',
  );
  assert.equal(
    canonical('<a xmlns="u"><b xmlns=""><c xmlns="u"/></b></a>'),
    '<a xmlns="u"><b xmlns=""><c xmlns="u"></c></b></a>',
  );
  assert.equal(
    canonical('<p:a xmlns:p="u"><p:b xmlns:p="u"/><p:b xmlns:p="v"><p:c xmlns:p="u"/></p:b></p:a>'),
    '<p:a xmlns:p="u"><p:b></p:b><p:b xmlns:p="v"><p:c xmlns:p="u"></p:c></p:b></p:a>',
  );
});
