import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountId, Region } from "../base/index.js";
import { type Check, Denied, denialText } from "./authorize.js";
import { type CallContext, type Caller, callVia, type SignedForm } from "./call.js";
import { requestValues } from "./request-values.js";

const ACCOUNT = "111122223333" as AccountId; // twelve digits

const caller: Caller = {
  principal: { kind: "user", arn: `arn:aws:iam::${ACCOUNT}:user/alice`, account: ACCOUNT },
  account: ACCOUNT,
  accessKeyId: "AKIA",
  policies: { identity: [] },
  values: new Map([["aws:username", "alice"]]),
  userIdentity: {},
  displayName: "alice",
  userId: "AIDA",
};

const call: CallContext = {
  caller,
  region: "eu-west-1" as Region, // a Region's name
  requestId: "r",
  time: new Date("2026-11-21T09:00:00.500Z"),
  sourceIp: "203.0.113.7",
  userAgent: "cli",
  secureTransport: true,
  commit: (database, unit) => database.write(unit),
};

const check = (parts: Partial<Check> = {}): Check => ({
  action: "kms:Decrypt",
  resource: "*",
  side: { kind: "none", account: "444455556666" },
  ...parts,
});

const SOURCE = "arn:aws:ebs:eu-west-1:111122223333:volume/v";

test("a direct call has an address and no service's marks", () => {
  const values = requestValues({ ...call, sourceArn: SOURCE }, check());
  const seen = (name: string) => values.get(name);
  assert.equal(seen("aws:sourceip"), "203.0.113.7");
  assert.equal(seen("aws:currenttime"), "2026-11-21T09:00:00Z");
  assert.equal(seen("aws:epochtime"), "1795251600");
  assert.equal(seen("aws:requestedregion"), "eu-west-1");
  assert.equal(seen("aws:resourceaccount"), "444455556666");
  assert.equal(seen("aws:securetransport"), "true");
  assert.equal(seen("aws:viaawsservice"), "false");
  assert.equal(seen("aws:principalisawsservice"), "false");
  assert.equal(seen("kms:calleraccount"), ACCOUNT);
  assert.equal(seen("aws:username"), "alice");
  for (const name of [
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:calledvia",
    "kms:viaservice",
    "aws:principalservicename",
  ])
    assert.equal(values.has(name), false, name);
});

test("a call through a service has that service's marks and no address", () => {
  const values = requestValues(callVia(call, "ec2", SOURCE), check());
  assert.equal(values.get("kms:viaservice"), "ec2.eu-west-1.amazonaws.com");
  assert.equal(values.get("aws:sourcearn"), SOURCE);
  assert.equal(values.get("aws:sourceaccount"), ACCOUNT);
  assert.deepEqual(values.get("aws:calledvia"), ["ec2.amazonaws.com"]);
  assert.equal(values.get("aws:calledviafirst"), "ec2.amazonaws.com");
  assert.equal(values.get("aws:calledvialast"), "ec2.amazonaws.com");
  assert.equal(values.get("aws:viaawsservice"), "true");
  assert.equal(values.has("aws:sourceip"), false);
  const bucket = requestValues(callVia(call, "s3", "arn:aws:s3:::b"), check());
  assert.equal(bucket.get("aws:sourcearn"), "arn:aws:s3:::b");
  assert.equal(bucket.has("aws:sourceaccount"), false);
});

test("what an operation or a session brings never stands in for what the house knows", () => {
  const forged = new Map([
    ["kms:viaservice", "s3.eu-west-1.amazonaws.com"],
    ["aws:sourcearn", SOURCE],
    ["aws:sourceip", "10.0.0.1"],
    ["aws:securetransport", "true"],
    ["aws:viaawsservice", "true"],
  ]);
  const plain = { ...call, secureTransport: false, caller: { ...caller, values: forged } };
  const values = requestValues(plain, check({ values: forged }));
  assert.equal(values.has("kms:viaservice"), false);
  assert.equal(values.has("aws:sourcearn"), false);
  assert.equal(values.get("aws:sourceip"), "203.0.113.7");
  assert.equal(values.get("aws:securetransport"), "false");
  assert.equal(values.get("aws:viaawsservice"), "false");
});

test("the operation's own values go before the caller's, and KMS's keys are KMS's alone", () => {
  const own = new Map([
    ["aws:username", "other"],
    ["s3:prefix", "a"],
  ]);
  const values = requestValues(callVia(call, "s3"), check({ action: "s3:ListBucket", values: own }));
  assert.equal(values.get("s3:prefix"), "a");
  assert.equal(values.get("aws:username"), "other");
  assert.equal(values.has("kms:calleraccount"), false);
  assert.equal(values.has("kms:viaservice"), false);
  assert.equal(values.has("__proto__"), false);
  assert.equal(values.has("constructor"), false);
});

test("a service in its own name brings its source and its name", () => {
  const service = { kind: "service", arn: "", account: "", service: "logs.amazonaws.com" } as const;
  const values = requestValues({ ...call, sourceArn: SOURCE, caller: { ...caller, principal: service } }, check());
  assert.equal(values.get("aws:sourcearn"), SOURCE);
  assert.equal(values.get("aws:principalservicename"), "logs.amazonaws.com");
  assert.deepEqual(values.get("aws:principalservicenameslist"), ["logs.amazonaws.com"]);
  assert.equal(values.get("aws:principalisawsservice"), "true");
  assert.equal(values.has("aws:sourceip"), false);
});

test("denials say the layer in AWS's words", () => {
  const text = (explicit: boolean, layer: "identity-based policy" | "resource-based policy") =>
    denialText(new Denied(call, check(), { allowed: false, explicit, layer }));
  const start = `User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: kms:Decrypt on resource: *`;
  assert.equal(
    text(false, "resource-based policy"),
    `${start} because no resource-based policy allows the kms:Decrypt action`,
  );
  assert.equal(text(true, "identity-based policy"), `${start} with an explicit deny in an identity-based policy`);
  assert.equal(text(true, "resource-based policy"), `${start} with an explicit deny in a resource-based policy`);
});

test("the signature's version is S3's to ask for, and nobody can bring it", () => {
  const old: CallContext = { ...call, signatureVersion: "AWS" };
  const get = (of: CallContext, action: string) =>
    requestValues(of, check({ action, values: new Map([["s3:signatureversion", "AWS4-HMAC-SHA256"]]) })).get(
      "s3:signatureversion",
    );
  assert.equal(get(old, "s3:GetObject"), "AWS");
  assert.equal(get(old, "kms:Decrypt"), undefined);
  assert.equal(get(call, "s3:GetObject"), undefined);
});

test("how a request was signed and came is S3's to ask for", () => {
  const ask = (of: Partial<CallContext>, name: string, action = "s3:GetObject") =>
    requestValues({ ...call, ...of }, check({ action })).get(name);
  const signed = (kind: SignedForm["kind"], agoMs = 0): Partial<CallContext> => ({
    signed: { kind, dateMs: call.time.getTime() - agoMs },
  });
  assert.equal(ask(signed("header"), "s3:authtype"), "REST-HEADER");
  assert.equal(ask(signed("query"), "s3:authtype"), "REST-QUERY-STRING");
  assert.equal(ask(signed("version-2"), "s3:authtype"), "REST-QUERY-STRING");
  assert.equal(ask(signed("form"), "s3:authtype"), "POST");
  assert.equal(ask({}, "s3:authtype"), undefined);
  assert.equal(ask(signed("query", 90_000), "s3:signatureage"), "90000");
  assert.equal(ask(signed("query", -90_000), "s3:signatureage"), "0");
  assert.equal(ask(signed("header", 90_000), "s3:signatureage"), undefined);
  assert.equal(ask({ tlsVersion: () => "TLSv1.3" }, "s3:tlsversion"), "1.3");
  assert.equal(ask({}, "s3:tlsversion"), undefined);
  for (const name of ["s3:authtype", "s3:signatureage", "s3:tlsversion"]) {
    assert.equal(ask({ ...signed("query"), tlsVersion: () => "TLSv1.3" }, name, "kms:Decrypt"), undefined);
  }
});

test("the referer is what the caller says, and nothing when a service calls for them", () => {
  assert.equal(requestValues(call, check()).has("aws:referer"), false);
  const referred = { ...call, referer: "https://example.com/" };
  assert.equal(requestValues(referred, check()).get("aws:referer"), "https://example.com/");
  assert.equal(requestValues(callVia(referred, "s3"), check()).has("aws:referer"), false);
});

test("what nobody here brings is absent: organizations of who is in none, VPCs, second factors and providers of a plain user", () => {
  const values = requestValues(call, check());
  const absent = [
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:resourceorgid",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:tokenissuetime",
    "aws:federatedprovider",
    "aws:sourceidentity",
    "aws:principaltag/team",
  ];
  for (const name of absent) assert.equal(values.has(name), false, name);
});
