import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccountId, isAwsError, type Region } from "../base/index.js";
import type { PrincipalFate } from "../identity/index.js";
import { checkPolicy, defaultPolicy, shownPolicy, withPrincipals } from "./key-policy.js";
import { managedPolicy, managedServiceOf } from "./managed-keys.js";

const ACCOUNT = "111122223333" as AccountId; // twelve digits
const REGION = "us-east-1" as Region; // a Region's name
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const ELSEWHERE = "arn:aws:iam::999999999999:";

const FATES = new Map<string, PrincipalFate>([
  [ROOT, { kind: "found" }],
  [ALICE, { kind: "found", uniqueId: "AIDAALICEALICEALICE00" }],
]);
const resolve = async (arn: string): Promise<PrincipalFate> =>
  FATES.get(arn) ?? { kind: arn.startsWith(ELSEWHERE) ? "elsewhere" : "missing" };

const allow = (principal: unknown, more: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: principal, Action: "kms:*", Resource: "*", ...more }],
});
const check = (document: object) => checkPolicy(JSON.stringify(document), resolve);
const malformed = (message?: string) => (thrown: unknown) => {
  assert.ok(isAwsError(thrown, "MalformedPolicyDocumentException"), String(thrown));
  if (message !== undefined) assert.equal(thrown.message, message);
  return true;
};
const INVALID = "Policy contains a statement with one or more invalid principals.";

test("the default policy is the recorded one", () => {
  assert.deepEqual(JSON.parse(defaultPolicy(ACCOUNT, REGION)), {
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      { Sid: "Enable IAM User Permissions", Effect: "Allow", Principal: { AWS: ROOT }, Action: "kms:*", Resource: "*" },
    ],
  });
});

test("principals must exist here; of other houses' accounts only the account can be named", async () => {
  await check(allow({ AWS: [ROOT, ALICE, ACCOUNT] }));
  await check(allow({ AWS: `${ELSEWHERE}root` }));
  await check(allow("*"));
  await check(allow({ Service: "logs.us-east-1.amazonaws.com" }));
  const bad = [
    `arn:aws:iam::${ACCOUNT}:user/nobody`,
    `${ELSEWHERE}user/x`,
    `${ELSEWHERE}role/x`,
    "AIDAALICEALICEALICE00",
  ];
  for (const name of bad) await assert.rejects(check(allow({ AWS: name })), malformed(INVALID), name);
  await assert.rejects(check(allow({ AWS: `arn:aws:iam::${ACCOUNT}:role/Dev*` })), malformed());
  await assert.rejects(check(allow({ AWS: `arn:aws:iam::${ACCOUNT}:group/admins` })), malformed());
});

test("what is no policy is refused", async () => {
  for (const text of ["", "{", "[]", "null"]) {
    await assert.rejects(checkPolicy(text, resolve), (thrown) => isAwsError(thrown));
  }
  const broken = [
    { ...allow("*"), Extra: 1 },
    allow("*", { Effect: "Maybe" }),
    allow("*", { Action: "nonsense" }),
    allow(undefined),
    { ...allow("*"), Version: "2020-01-01" },
  ];
  for (const document of broken) await assert.rejects(check(document), malformed(), JSON.stringify(document));
  await check(allow("*", { Sid: "with spaces" }));
});

test("32,768 bytes are taken, one more is not; foreign characters are not", async () => {
  const sized = (bytes: number) => {
    const text = JSON.stringify(allow("*", { Sid: "" }));
    return text.replace('"Sid":""', `"Sid":"${"x".repeat(bytes - text.length)}"`);
  };
  await checkPolicy(sized(32_768), resolve);
  await assert.rejects(checkPolicy(sized(32_769), resolve), (thrown) => isAwsError(thrown, "LimitExceededException"));
  await assert.rejects(check(allow("*", { Sid: "\u0100" })), (thrown) => isAwsError(thrown, "ValidationException"));
});

test("conditions that an empty request satisfies are refused", async () => {
  const condition = (operator: string, key: string) => allow("*", { Condition: { [operator]: { [key]: "x" } } });
  await assert.rejects(check(condition("ForAllValues:StringEquals", "kms:EncryptionContext:team")), malformed());
  await assert.rejects(check(condition("ForAllValues:StringLike", "aws:RequestTag/team")), malformed());
  await check(condition("ForAnyValue:StringEquals", "kms:EncryptionContextKeys"));
});

test("a user is stored by unique id, shown by ARN while it lives and by id once it is gone", async () => {
  const { text, principals } = await check(allow({ AWS: ALICE }));
  assert.deepEqual(principals, { [ALICE]: "AIDAALICEALICEALICE00" });
  const stored = { policy: text, principals };
  assert.equal(await shownPolicy(stored, resolve), text, "to the byte as written");
  const afterwards = async (): Promise<PrincipalFate> => ({ kind: "found", uniqueId: "AIDANAMESAKENAMESAKE0" });
  for (const later of [afterwards, async (): Promise<PrincipalFate> => ({ kind: "missing" })]) {
    assert.deepEqual(JSON.parse(await shownPolicy(stored, later)), allow({ AWS: "AIDAALICEALICEALICE00" }));
  }
});

test("only principals are replaced, wherever else the text stands", () => {
  const document = allow({ AWS: [ALICE, ROOT] }, { Condition: { StringEquals: { "aws:PrincipalArn": ALICE } } });
  const replaced = JSON.parse(withPrincipals(JSON.stringify(document), { [ALICE]: "AIDAX" }));
  assert.deepEqual(replaced.Statement[0].Principal, { AWS: ["AIDAX", ROOT] });
  assert.deepEqual(replaced.Statement[0].Condition, { StringEquals: { "aws:PrincipalArn": ALICE } });
});

test("a managed key's policy lets its one service in and its owner look", () => {
  assert.equal(managedServiceOf("alias/aws/ebs"), "ebs");
  for (const name of ["alias/aws/toString", "alias/aws/", "alias/ebs"]) assert.equal(managedServiceOf(name), undefined);
  const { Statement } = JSON.parse(managedPolicy(ACCOUNT, REGION, "ebs"));
  assert.deepEqual(Statement[0].Condition.StringEquals, {
    "kms:CallerAccount": ACCOUNT,
    "kms:ViaService": "ec2.us-east-1.amazonaws.com",
  });
  assert.deepEqual(Statement[1].Action, ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"]);
});
