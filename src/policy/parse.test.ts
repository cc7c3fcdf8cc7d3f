import assert from "node:assert/strict";
import { test } from "node:test";
import { type PolicyKind, PolicySyntaxError, parsePolicy, principalsOf, replacePrincipals } from "./index.js";

const ALICE = "arn:aws:iam::111122223333:user/alice";
const IDENTITY = { Effect: "Allow", Action: "kms:*", Resource: "*" };
const KEY = { ...IDENTITY, Principal: { AWS: ALICE } };
const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: ALICE } };
const GOOD = { identity: IDENTITY, session: IDENTITY, key: KEY, resource: KEY, trust: TRUST } as const;

const text = (statement: unknown, more: object = {}) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statement, ...more });

function refused(document: string, kind: PolicyKind, reason: string, message?: string, managed = false): void {
  assert.throws(
    () => parsePolicy(document, kind, { managed }),
    (thrown) => {
      assert.ok(thrown instanceof PolicySyntaxError, String(thrown));
      assert.equal(thrown.reason, reason, document);
      assert.equal(thrown.code, "MalformedPolicyDocument");
      if (message !== undefined) assert.equal(thrown.message, message);
      return true;
    },
    document,
  );
}

test("each kind takes its own statement and refuses another kind's", () => {
  for (const kind of ["identity", "session", "key", "resource", "trust"] as const)
    assert.equal(parsePolicy(text(GOOD[kind]), kind).statements.length, 1, kind);
  refused(text(KEY), "identity", "unwanted-principal", "Policy document should not specify a principal.");
  refused(text(KEY), "session", "unwanted-principal");
  refused(text(IDENTITY), "key", "missing-principal");
  refused(text(IDENTITY), "resource", "missing-principal", "Missing required field Principal");
  refused(text(KEY), "trust", "unwanted-resource", "Has prohibited field Resource");
  refused(
    text({ ...TRUST, Action: "s3:*" }),
    "trust",
    "action",
    "AssumeRole policy may only specify STS AssumeRole actions.",
  );
});

test("what is not JSON, or not of the form, is refused", () => {
  for (const wrong of ["", "{", "x", '{"Version":"2012-10-17",}'])
    refused(wrong, "key", "json", "This policy contains invalid Json");
  for (const wrong of ["[]", "1", "null", '"x"', "{}", text("x"), text([null]), text([[KEY]])])
    refused(wrong, "key", "structure");
  refused(text(KEY, { Statements: [] }), "key", "structure", "Syntax errors in policy.");
  refused(text({ ...KEY, Actions: "kms:*" }), "key", "structure");
  refused(text({ ...KEY, NotAction: "kms:*" }), "key", "structure");
  refused(text({ ...KEY, NotResource: "*" }), "key", "structure");
  refused(text({ ...KEY, NotPrincipal: "*" }), "key", "structure");
  refused(text({ ...KEY, Action: 1 }), "key", "structure");
  refused(text({ ...KEY, Sid: 1 }), "key", "sid");
  for (const effect of ["allow", "ALLOW", "", null, undefined])
    refused(text({ ...KEY, Effect: effect }), "key", "effect");
});

test("a name given twice is refused, however it is written", () => {
  const twice = (inside: string) => `{"Version":"2012-10-17","Statement":{"Effect":"Deny",${inside}}}`;
  const rest = '"Principal":"*","Action":"*","Resource":"*"';
  assert.ok(parsePolicy(twice(rest), "key"));
  refused(twice(`${rest},"Effect":"Allow"`), "key", "json");
  refused(twice(`${rest},"\\u0045ffect" : "Allow"`), "key", "json");
  refused(twice(`${rest},"Condition":{"StringEquals":{"aws:a":"1"},"StringEquals":{"aws:b":"2"}}`), "key", "json");
  assert.ok(parsePolicy(twice(`${rest},"Sid":"a \\" : \\" Effect"`), "key"), "a quoted quote does not end the text");
});

test("versions", () => {
  assert.equal(parsePolicy(JSON.stringify({ Statement: KEY }), "key").version, "2008-10-17");
  const message = "Policy document must be version 2012-10-17 or greater.";
  refused(text(IDENTITY, { Version: "2012-10-18" }), "identity", "version", message);
  refused(text(IDENTITY, { Version: 2012 }), "identity", "version", message);
  assert.ok(parsePolicy(text(IDENTITY, { Version: "2008-10-17" }), "identity"));
  refused(text(IDENTITY, { Version: "2008-10-17" }), "identity", "version", message, true);
  refused(JSON.stringify({ Statement: IDENTITY }), "identity", "version", message, true);
});

test("Sids are strict in identity policies and free in key policies", () => {
  const two = (sid: string) =>
    text([
      { ...IDENTITY, Sid: sid },
      { ...IDENTITY, Sid: sid },
    ]);
  refused(two("a"), "identity", "sid", "Statement IDs (SID) in a single policy must be unique.");
  refused(text({ ...IDENTITY, Sid: "a b" }), "identity", "sid");
  assert.ok(
    parsePolicy(
      text([
        { ...KEY, Sid: "a b" },
        { ...KEY, Sid: "a b" },
      ]),
      "key",
    ),
  );
  refused(text(IDENTITY, { Id: "x" }), "identity", "structure");
  assert.ok(parsePolicy(text(KEY, { Id: "x" }), "key"));
});

test("a key policy may leave Action and Resource out, an identity policy may not", () => {
  const { Action: _action, ...noAction } = KEY;
  const { Resource: _resource, ...noResource } = KEY;
  assert.ok(parsePolicy(text([noAction, noResource]), "key"));
  refused(
    text({ Effect: "Allow", Resource: "*" }),
    "identity",
    "missing-action",
    "Policy statement must contain actions.",
  );
  refused(
    text({ Effect: "Allow", Action: "*" }),
    "identity",
    "missing-resource",
    "Policy statement must contain resources.",
  );
  refused(text(noAction), "resource", "missing-action");
  refused(text(noResource), "resource", "missing-resource");
});

test("names of actions, resources and keys", () => {
  const vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  refused(text({ ...IDENTITY, Action: "Decrypt" }), "identity", "action", vendor);
  for (const wrong of ["kms:", ":Decrypt", "kms:De crypt", "kms:Decrypt:x", "k*s:Decrypt"])
    refused(text({ ...KEY, Action: wrong }), "key", "action");
  refused(
    text({ ...IDENTITY, Resource: "bucket" }),
    "identity",
    "resource",
    'Resource bucket must be in ARN format or "*".',
  );
  refused(text({ ...IDENTITY, Resource: "arn:aws:s3" }), "identity", "resource", "The policy failed legacy parsing");
  refused(text({ ...KEY, Condition: { StringEquals: { team: "x" } } }), "key", "condition", vendor);
});

test("principals that are none", () => {
  const message = "Policy contains a statement with one or more invalid principals.";
  const wrong = [
    "arn:aws:iam::111122223333:group/admins",
    "arn:aws:iam::111122223333:role/Dev*",
    "arn:aws:iam::111122223333:user/?",
    "arn:aws:iam::*:root",
    "arn:aws:iam::1111:root",
    "arn:aws:iam:us-east-1:111122223333:root",
    "arn:aws:s3:::bucket",
    "arn:aws:sts::111122223333:assumed-role/dev",
    "alice",
    "1111222233334",
    "",
    "**",
  ];
  for (const name of wrong) refused(text({ ...KEY, Principal: { AWS: name } }), "key", "principal", message);
  refused(text({ ...KEY, Principal: { AWS: [ALICE, "alice"] } }), "key", "principal");
  refused(text({ ...KEY, Principal: { Service: "*" } }), "key", "principal");
  refused(text({ ...KEY, Principal: { Group: "x" } }), "key", "structure");
  refused(text({ ...KEY, Principal: ALICE }), "key", "principal");
  refused(
    text({ ...TRUST, Principal: { AWS: "bob" } }),
    "trust",
    "principal",
    'Invalid principal in policy: "AWS":"bob"',
  );
  const right = [ALICE, "111122223333", "*", "AIDAALICEALICEALICE1", "arn:aws:iam::111122223333:role/a/b/c"];
  assert.ok(parsePolicy(text({ ...KEY, Principal: { AWS: right, Service: "s3.amazonaws.com" } }), "key"));
});

test("conditions whose literals cannot be read are refused when they are written", () => {
  const condition = (operator: string, value: unknown, key = "aws:x") =>
    text({ ...KEY, Condition: { [operator]: { [key]: value } } });
  const wrong: readonly [string, unknown][] = [
    ["NumericEquals", "ten"],
    ["NumericLessThan", ""],
    ["DateLessThan", "tomorrow"],
    ["DateEquals", "2026-13-01"],
    ["Bool", "yes"],
    ["Null", "maybe"],
    ["BinaryEquals", "a"],
    ["IpAddress", "10.0.0.0/33"],
    ["IpAddress", "10.0.0"],
    ["NotIpAddress", "::1/129"],
    ["IpAddress", "10.0.0.0/8/8"],
    ["ArnLike", "bucket"],
    ["ArnEquals", "arn:aws:s3"],
    ["StringMatches", "x"],
    ["NullIfExists", "true"],
    ["ForSomeValues:StringEquals", "x"],
    ["StringEquals", null],
    ["StringEquals", { a: 1 }],
  ];
  for (const [operator, value] of wrong) refused(condition(operator, value), "key", "condition");
  refused(text({ ...KEY, Condition: [] }), "key", "structure");
  refused(text({ ...KEY, Condition: { StringEquals: "x" } }), "key", "structure");
});

test("ForAllValues over what a request may leave out is refused in key policies", () => {
  const all = (key: string) => text({ ...KEY, Condition: { "ForAllValues:StringEquals": { [key]: "x" } } });
  for (const key of ["kms:EncryptionContext:team", "KMS:encryptioncontext:x", "aws:RequestTag/team"])
    refused(all(key), "key", "over-permissive");
  for (const key of ["kms:EncryptionContextKeys", "aws:TagKeys"]) assert.ok(parsePolicy(all(key), "key"));
  assert.ok(parsePolicy(all("aws:RequestTag/team"), "resource"));
});

test("depth, statements and values are bounded", () => {
  refused(`{"Statement":${"[".repeat(40)}${"]".repeat(40)}}`, "key", "too-large");
  refused(text({ ...IDENTITY, Resource: new Array(20_001).fill("*") }), "identity", "too-large");
  refused(text({ ...IDENTITY, Resource: `arn:aws:s3:::${"x".repeat(140_000)}` }), "identity", "too-large");
  const mixed = (count: number) => text({ ...IDENTITY, Resource: new Array(count).fill("arn:aws:s3:::a*b?c") });
  refused(mixed(200), "identity", "too-large");
  assert.ok(parsePolicy(mixed(100), "identity"));
  assert.ok(parsePolicy(text({ ...IDENTITY, Resource: new Array(1000).fill("*") }), "identity"));
});

test("whom a document names, and the same document with other principals", () => {
  const root = "arn:aws:iam::111122223333:root";
  const role = "arn:aws:iam::111122223333:role/dev";
  const session = "arn:aws:sts::111122223333:assumed-role/dev/s";
  const document = text([
    { ...KEY, Principal: { AWS: [ALICE, role, "*"] } },
    { ...KEY, Principal: "*" },
    {
      ...KEY,
      Effect: "Deny",
      Principal: undefined,
      NotPrincipal: { AWS: [root, session, "444455556666", "AIDAALICEALICEALICE1"], Service: "s3.amazonaws.com" },
    },
    { ...KEY, Principal: { AWS: ALICE } },
  ]);
  assert.deepEqual(
    principalsOf(document).map(({ text: name, kind }) => [name, kind]),
    [
      [ALICE, "user"],
      [role, "role"],
      [root, "account"],
      [session, "assumed-role"],
      ["444455556666", "account"],
      ["AIDAALICEALICEALICE1", "unique-id"],
    ],
  );
  assert.equal(
    replacePrincipals(document, () => undefined),
    document,
  );
  const replaced = replacePrincipals(document, (name) => (name === ALICE ? "AIDAALICEALICEALICE1" : undefined));
  assert.ok(!replaced.includes(ALICE) && replaced.includes(role));
  assert.equal(JSON.parse(replaced).Statement[3].Principal.AWS, "AIDAALICEALICEALICE1");
});
