import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, head, kms, refused, s3, scoped } from "./testing.js";

test("violations are reported together, in AWS's text, and sensitive values are not repeated", () => {
  const one = "1 validation error detected: ";
  assert.throws(
    () => decode(kms("Encrypt"), JSON.stringify({ KeyId: "k", Plaintext: Buffer.alloc(4097).toString("base64") })),
    refused(
      "ValidationException",
      `${one}Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096`,
    ),
  );
  const longKey = "a".repeat(129);
  assert.throws(
    () => decode(kms("TagResource"), JSON.stringify({ KeyId: "k", Tags: [{ TagKey: longKey, TagValue: "" }] })),
    refused(
      "ValidationException",
      `${one}Value '${longKey}' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ),
  );
  assert.throws(
    () => decode(kms("Encrypt"), JSON.stringify({ KeyId: "" })),
    refused(
      "ValidationException",
      "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value null at 'plaintext' failed to satisfy constraint: Member must not be null",
    ),
  );
  assert.throws(
    () => decode(kms("GenerateMac"), JSON.stringify({ KeyId: "k", Message: "AA==", MacAlgorithm: "X" })),
    refused(
      "ValidationException",
      /Value 'X' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: \[HMAC_SHA_224/,
    ),
  );
  assert.throws(
    () => decode(kms("GenerateRandom"), JSON.stringify({ NumberOfBytes: 1025 })),
    refused(
      "ValidationException",
      /'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024/,
    ),
  );
  const grant = { KeyId: "k", GranteePrincipal: "arn:aws:iam::123456789012:root", Operations: ["Nope"] };
  assert.throws(
    () => decode(kms("CreateGrant"), JSON.stringify(grant)),
    refused(
      "ValidationException",
      /Value '\[Nope\]' at 'operations' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[/,
    ),
  );
  assert.throws(
    () =>
      decode(
        head("POST", "/", scoped("sts")),
        "Action=AssumeRole&RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=Session1:2",
      ),
    refused(
      "ValidationError",
      `${one}Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    ),
  );
  assert.throws(
    () => decode(head("POST", "/", scoped("ec2")), "Action=DeleteVolume"),
    refused("MissingParameter", "The request must contain the parameter volumeId"),
  );
});

test("a fraction, or what is no number at all, is no whole number", () => {
  for (const number of ["1.5", '"NaN"', "1e300", '"Infinity"', "9007199254740993"]) {
    assert.throws(
      () => decode(kms("ListKeys"), `{"Limit":${number}}`),
      refused("SerializationException", /^(NUMBER|STRING)_VALUE can not be converted to an Integer$/),
    );
  }
  for (const text of ["1.5", "NaN", "Infinity"]) {
    const body = `Action=ListUsers&Version=2010-05-08&MaxItems=${text}`;
    assert.throws(() => decode(head("POST", "/", scoped("iam")), body), refused("MalformedInput"));
  }
});

const BAD_JSON: readonly (readonly [what: string, body: string | Buffer])[] = [
  ["no JSON at all", "KeyId=1"],
  ["a cut object", '{"KeyId":"a"'],
  ["an array", "[]"],
  ["a number", "7"],
  ["null", "null"],
  ["a number for a string", '{"KeyId":7}'],
  ["an object for a string", '{"KeyId":{"a":1}}'],
  ["a string for a list", '{"KeyId":"a","GrantTokens":"x"}'],
  ["an object for a list", '{"KeyId":"a","GrantTokens":{"x":1}}'],
  ["an array for a map", '{"KeyId":"a","EncryptionContext":["x"]}'],
  ["a number in a map of strings", '{"KeyId":"a","EncryptionContext":{"x":1}}'],
  ["text that is no base64", '{"KeyId":"a","Plaintext":"@@@@"}'],
  ["base64 without padding", '{"KeyId":"a","Plaintext":"AAA"}'],
  ["a string for a boolean", '{"KeyId":"a","DryRun":"true"}'],
  ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ["33 levels", `{"KeyId":${"[".repeat(33)}${"]".repeat(33)}}`],
  ["a hundred thousand levels", "[".repeat(100_000)],
];

for (const [what, body] of BAD_JSON) {
  test(`a JSON body with ${what} is a SerializationException that quotes nothing of it`, () => {
    assert.throws(() => decode(kms("Encrypt"), body), refused("SerializationException"));
  });
}

test("unknown members are ignored, null is absent, the last of two equal keys counts, prototypes stay untouched", () => {
  const { input } = decode(
    kms("DescribeKey"),
    '{"KeyId":"first","KeyId":"last","GrantTokens":null,"Unknown":{"deep":[1]},"__proto__":{"polluted":1}}',
  );
  assert.deepEqual(input, { KeyId: "last" });
  const context = decode(
    kms("Encrypt"),
    '{"KeyId":"k","Plaintext":"AA==","EncryptionContext":{"__proto__":"x","constructor":"y","gone":null}}',
  ).input["EncryptionContext"] as object; // a map of the model's
  assert.deepEqual(Object.entries(context), [
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  assert.equal(Object.getPrototypeOf(context), Object.prototype);
});

test("an empty body is an empty input", () => {
  assert.deepEqual(decode(kms("ListKeys"), "").input, {});
  assert.deepEqual(decode(kms("ListKeys")).input, {});
});

test("forms: the first of two equal names counts, plus is a space, lists follow their numbers", () => {
  const { input } = decode(
    head("POST", "/", scoped("iam")),
    "Action=TagUser&UserName=a&UserName=b&Tags.member.10.Key=j&Tags.member.10.Value=&Tags.member.2.Key=b+c&Tags.member.2.Value=%2B",
  );
  assert.deepEqual(input, {
    UserName: "a",
    Tags: [
      { Key: "b c", Value: "+" },
      { Key: "j", Value: "" },
    ],
  });
});

const BAD_FORMS: readonly (readonly [what: string, body: string, code: string])[] = [
  ["a broken percent sign", "Action=GetUser&UserName=%ZZ", "MalformedQueryString"],
  ["bytes that are not UTF-8", "Action=GetUser&UserName=%FF", "MalformedQueryString"],
  ["too many parts in a name", `Action=GetUser&${"a.".repeat(100)}=1`, "MalformedQueryString"],
  ["too many parameters", `Action=GetUser&${"a=1&".repeat(20_001)}`, "MalformedQueryString"],
  ["text for a number", "Action=ListUsers&MaxItems=many", "MalformedInput"],
  ["a structure for a number", "Action=ListUsers&MaxItems.a=1", "MalformedInput"],
];

for (const [what, body, code] of BAD_FORMS) {
  test(`a form with ${what} is ${code}`, () => {
    assert.throws(() => decode(head("POST", "/", scoped("iam")), body), refused(code));
  });
}

const versioning = (inner: string) => `<VersioningConfiguration>${inner}</VersioningConfiguration>`;
const BAD_XML: readonly (readonly [what: string, body: string | Buffer])[] = [
  ["no XML at all", "{}"],
  ["an element that is not closed", "<VersioningConfiguration><Status>Enabled</Status>"],
  ["elements closed in the wrong order", "<VersioningConfiguration><Status></VersioningConfiguration></Status>"],
  ["another root", "<Delete></Delete>"],
  ["two roots", `${versioning("")}${versioning("")}`],
  ["an element twice", versioning("<Status>Enabled</Status><Status>Suspended</Status>")],
  ["a value that is none of the enum", versioning("<Status>On</Status>")],
  ["a structure for text", versioning("<Status><a/></Status>")],
  ["a document type", `<!DOCTYPE x [<!ENTITY a "b">]>${versioning("<Status>Enabled</Status>")}`],
  ["an external entity", `<!DOCTYPE x SYSTEM "file:///etc/passwd">${versioning("")}`],
  ["an entity nobody declared", versioning("<Status>&lol;</Status>")],
  ["a character number beyond Unicode", versioning("<Status>&#x110000;</Status>")],
  ["bytes that are not UTF-8", Buffer.from([0x3c, 0xff, 0x3e])],
  ["33 levels", versioning(`${"<a>".repeat(33)}${"</a>".repeat(33)}`)],
  ["levels hidden by a comment", versioning(`<a><!--</a></a>-->${"<a>".repeat(32)}${"</a>".repeat(33)}`)],
  ["a hundred thousand levels", "<a>".repeat(100_000)],
];

for (const [what, body] of BAD_XML) {
  test(`an XML body with ${what} is MalformedXML`, () => {
    assert.throws(() => decode(s3("PUT", "/b?versioning"), body), refused("MalformedXML"));
  });
}

test("a billion laughs are refused before anything is parsed", () => {
  const entities = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
  const bomb = `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "lol">${entities}]>${versioning("<Status>&l9;</Status>")}`;
  const started = process.hrtime.bigint();
  assert.throws(() => decode(s3("PUT", "/b?versioning"), bomb), refused("MalformedXML"));
  assert.ok(process.hrtime.bigint() - started < 200_000_000n);
});

test("XML: namespaces, entities, CDATA and comments are read, unknown elements ignored", () => {
  const body = `<?xml version="1.0"?><!-- c --><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b&#x20;&lt;c</Key><Unknown/></Object><Object><Key><![CDATA[x&amp;y]]></Key></Object><Quiet>true</Quiet></Delete>`;
  assert.deepEqual(decode(s3("POST", "/b?delete"), body).input["Delete"], {
    Objects: [{ Key: "a&b <c" }, { Key: "x&amp;y" }],
    Quiet: true,
  });
});

test("S3: a missing body, a bad number and a bad enum each have their own words", () => {
  assert.throws(() => decode(s3("PUT", "/b?versioning")), refused("MissingRequestBodyError"));
  assert.throws(() => decode(s3("GET", "/b?max-keys=many")), refused("InvalidArgument"));
  assert.deepEqual(decode(s3("GET", "/b?max-keys=")).input, { Bucket: "b" }, "an empty number is none");
  assert.equal(decode(s3("PUT", "/b?policy")).input["Policy"], "", "an empty text is for the operation to refuse");
  assert.throws(() => decode(s3("PUT", "/b/k", { "x-amz-storage-class": "COLD" })), refused("InvalidStorageClass"));
  assert.throws(() => decode(s3("PUT", "/b", { "x-amz-object-ownership": "mine" })), refused("InvalidArgument"));
  const { ACL } = decode(s3("PUT", "/b", { "x-amz-acl": "log-delivery-write" })).input as { ACL: string }; // as modelled
  assert.equal(ACL, "log-delivery-write", "a list that the model lacks is for the operation to know");
});

test("bodies that are small in bytes and large in tags are refused before they are parsed", () => {
  const deletion = (inner: string) => `<Delete>${inner}</Delete>`;
  assert.throws(() => decode(s3("POST", "/b?delete"), deletion("<a/>".repeat(150_001))), refused("MalformedXML"));
  const attributes = `<Delete ${'a="b" '.repeat(1000)}></Delete>`;
  assert.throws(() => decode(s3("POST", "/b?delete"), attributes), refused("MalformedXML"));
  const thousand = deletion("<Object><Key>k</Key></Object>".repeat(1000));
  const { Delete } = decode(s3("POST", "/b?delete"), thousand).input as { Delete: { Objects: unknown[] } }; // as modelled
  assert.equal(Delete.Objects.length, 1000);
});

test("a hundred thousand bad items are answered with a hundred complaints", () => {
  const body = `{"KeyId":"k","Tags":[${"{},".repeat(50_000)}{}]}`;
  assert.throws(
    () => decode(kms("TagResource"), body),
    refused("ValidationException", /^100 validation errors detected/),
  );
});

test("a union with two members at once is refused", () => {
  const item = (value: object) => JSON.stringify({ TableName: "table", Item: { a: value } });
  const put = head("POST", "/", scoped("dynamodb", { "x-amz-target": "DynamoDB_20120810.PutItem" }));
  assert.deepEqual(decode(put, item({ S: "x" })).input["Item"], { a: { S: "x" } });
  assert.throws(() => decode(put, item({ S: "x", N: "1" })), refused("SerializationException"));
});

test("a URL cannot ask for header text that breaks the answer", () => {
  const get = (value: string) => decode(s3("GET", `/b/k?response-content-disposition=${value}`));
  assert.equal(get("attachment%3B%20filename%3D%C3%A9").input["ResponseContentDisposition"], "attachment; filename=é");
  assert.throws(() => get("a%0D%0Ax-evil:1"), refused("InvalidArgument", /ISO-8859-1/));
  assert.throws(() => get("%F0%9F%98%80"), refused("InvalidArgument", /ISO-8859-1/));
});

test("S3 takes any text for Expires, and dates alone for what asks with one", () => {
  for (const expires of ["0", "-1", "tomorrow", "Thu, 01 Dec 1994 16:00:00 GMT"]) {
    assert.equal(decode(s3("PUT", "/b/k", { expires })).name, "PutObject");
  }
  const ask = (name: string) => () => decode(s3("GET", "/b/k", { [name]: "tomorrow" }));
  assert.throws(ask("if-modified-since"), refused("InvalidArgument", "Provided If-Modified-Since is not a timestamp"));
  assert.throws(
    () => decode(s3("PUT", "/b/k", { expires: "0", "content-length": "many" })),
    refused("InvalidArgument"),
  );
});
