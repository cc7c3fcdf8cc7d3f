import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccountId, isAwsError, type Region } from "../../base/index.js";
import type { KeyId } from "../key.js";
import { suitsGrant } from "../key-spec.js";
import {
  checkGrantRequest,
  fingerprint,
  type Grant,
  type GrantId,
  type GrantRequest,
  granteeNames,
  isInertFor,
  isWithin,
  retirementViews,
} from "./grant.js";

const ACCOUNT = "111122223333" as AccountId; // twelve digits
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;

const request = (parts: Partial<GrantRequest> = {}): GrantRequest => ({
  name: "",
  issuingAccount: ACCOUNT,
  grantee: { name: ALICE, isService: false },
  operations: ["Encrypt", "Decrypt"],
  constraints: {},
  ...parts,
});
const grant = (parts: Partial<Grant> = {}): Grant => ({
  ...request(),
  key: { account: ACCOUNT, region: "us-east-1" as Region, id: "k" as KeyId }, // never parsed here
  id: "0".repeat(64) as GrantId, // sixty-four hex digits
  createdAt: new Date(0),
  ...parts,
});
const isRefused = (parts: Partial<GrantRequest>) =>
  assert.throws(
    () => checkGrantRequest(request(parts)),
    (thrown) => isAwsError(thrown, "ValidationException"),
  );

test("a request that contradicts itself is refused", () => {
  checkGrantRequest(request({ constraints: { contextEquals: { a: "1" }, sourceArn: "arn:aws:s3:::b" } }));
  isRefused({ constraints: { contextEquals: { a: "1" }, contextSubset: { a: "1" } } });
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, "v"]));
  checkGrantRequest(request({ constraints: { contextSubset: pairs(8) } }));
  isRefused({ constraints: { contextSubset: pairs(9) } });
  checkGrantRequest(request({ constraints: { contextSubset: { k: "v".repeat(384) } } }));
  isRefused({ constraints: { contextSubset: { k: "v".repeat(385) } } });
});

test("a service as grantee needs a source and somebody who retires the grant", () => {
  const grantee = { name: "logs.us-east-1.amazonaws.com", isService: true };
  const retiring = { name: ALICE, isService: false };
  const constraints = { sourceArn: "arn:aws:logs:us-east-1:111122223333:log-group:x" };
  checkGrantRequest(request({ grantee, retiring, constraints }));
  isRefused({ grantee, retiring });
  isRefused({ grantee, constraints });
});

test("a grant made by a grant gives nothing that its parent does not give", () => {
  const parent = grant({ constraints: { contextSubset: { team: "a" } } });
  const children: [Partial<GrantRequest>, boolean][] = [
    [{ constraints: { contextSubset: { team: "a" } } }, true],
    [{ constraints: { contextSubset: { TEAM: "a", more: "b" } } }, true],
    [{ constraints: { contextEquals: { team: "a", more: "b" } } }, true],
    [{ operations: ["Encrypt"], constraints: { contextSubset: { team: "a" } } }, true],
    [{ constraints: {} }, false],
    [{ constraints: { contextSubset: { team: "A" } } }, false],
    [{ constraints: { contextEquals: { more: "b" } } }, false],
    [{ operations: ["GenerateDataKey"], constraints: { contextSubset: { team: "a" } } }, false],
  ];
  for (const [child, isAllowed] of children)
    assert.equal(isWithin(request(child), parent), isAllowed, JSON.stringify(child));
});

test("an exact context is inherited exactly, a source unchanged", () => {
  const exact = grant({ constraints: { contextEquals: { a: "1" } } });
  assert.ok(isWithin(request({ constraints: { contextEquals: { a: "1" } } }), exact));
  assert.ok(!isWithin(request({ constraints: { contextEquals: { a: "1", b: "2" } } }), exact));
  assert.ok(!isWithin(request({ constraints: { contextSubset: { a: "1" } } }), exact));
  const sourced = grant({ constraints: { sourceArn: "arn:aws:s3:::b" } });
  assert.ok(isWithin(request({ constraints: { sourceArn: "arn:aws:s3:::b" } }), sourced));
  assert.ok(!isWithin(request(), sourced));
});

test("equal requests have equal fingerprints, whatever their order; any difference shows", () => {
  const one = request({
    name: "n",
    operations: ["Decrypt", "Encrypt"],
    constraints: { contextSubset: { a: "1", b: "2" } },
  });
  const same = request({
    name: "n",
    operations: ["Encrypt", "Decrypt"],
    constraints: { contextSubset: { b: "2", a: "1" } },
  });
  assert.equal(fingerprint(one), fingerprint(same));
  const others = [
    { ...one, name: "m" },
    { ...one, operations: ["Encrypt"] },
    { ...one, constraints: { contextEquals: { a: "1", b: "2" } } },
    { ...one, grantee: { name: ALICE, isService: true } },
    { ...one, retiring: { name: ALICE, isService: false } },
  ];
  for (const other of others) assert.notEqual(fingerprint(other), fingerprint(one));
});

test("a session is looked up by itself, its role and its account; a service by its name", () => {
  const arn = "arn:aws:sts::111122223333:assumed-role/r/s";
  const roleArn = "arn:aws:iam::111122223333:role/r";
  const names = granteeNames({ kind: "assumed-role", arn, roleArn, account: ACCOUNT });
  assert.deepEqual(names, [arn, roleArn, "arn:aws:iam::111122223333:root"]);
  assert.deepEqual(granteeNames({ kind: "service", arn: "", account: "", service: "s3.amazonaws.com" }), [
    "s3.amazonaws.com",
  ]);
});

test("a namesake of a deleted grantee gets nothing", () => {
  const principal = { kind: "user", arn: ALICE, account: ACCOUNT, uniqueId: "AIDANEW" } as const;
  assert.ok(isInertFor(grant({ granteeUniqueId: "AIDAOLD" }), principal));
  assert.ok(!isInertFor(grant({ granteeUniqueId: "AIDANEW" }), principal));
  assert.ok(!isInertFor(grant(), principal));
});

test("the retiring principal, a grantee with RetireGrant and the issuing account retire; nobody else", () => {
  const names = (of: Grant) => retirementViews(of).map((view) => view.grantee);
  assert.deepEqual(names(grant()), [`arn:aws:iam::${ACCOUNT}:root`]);
  assert.deepEqual(names(grant({ operations: ["RetireGrant"] })), [ALICE, `arn:aws:iam::${ACCOUNT}:root`]);
  const retiring = { name: "arn:aws:iam::444455556666:root", isService: false };
  assert.deepEqual(names(grant({ retiring })), [retiring.name, `arn:aws:iam::${ACCOUNT}:root`]);
});

test("operations of a grant suit the key", () => {
  assert.ok(suitsGrant("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "GenerateDataKeyPair"));
  assert.ok(suitsGrant("RSA_2048", "SIGN_VERIFY", "GetPublicKey"));
  assert.ok(!suitsGrant("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "Sign"));
  assert.ok(!suitsGrant("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "GetPublicKey"));
  assert.ok(!suitsGrant("RSA_2048", "ENCRYPT_DECRYPT", "GenerateDataKey"));
});
