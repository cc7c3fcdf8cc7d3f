import assert from "node:assert/strict";
import { test } from "node:test";
import { compileCheck } from "../constraints.js";
import { CLOUDTRAIL } from "./cloudtrail.js";
import { IAM } from "./iam.js";
import { KMS } from "./kms.js";
import { ORGANIZATIONS } from "./organizations.js";
import { S3 } from "./s3.js";
import { STS } from "./sts.js";

test("every row of every table compiles and its bounds are in order", () => {
  for (const rows of [KMS, IAM, STS, S3, CLOUDTRAIL, ORGANIZATIONS]) {
    for (const [name, constraint] of Object.entries(rows)) {
      assert.doesNotThrow(() => compileCheck(constraint, undefined), name);
      for (const [least, most] of [constraint.length ?? [0, 0], constraint.range ?? [0, 0]])
        assert.ok(least <= most, name);
    }
  }
});

const CASES: readonly (readonly [table: keyof typeof TABLES, member: string, good: string, bad: string])[] = [
  ["KMS", "AliasName", "alias/a-b_c/1", "alias/with space"],
  ["KMS", "GranteePrincipal", "arn:aws:iam::123456789012:role/r", "a*b"],
  ["KMS", "GranteeServicePrincipal", "rds.us-east-1.amazonaws.com", "rds.amazonaws"],
  ["KMS", "PrimaryRegion", "us-gov-west-1", "us_east_1"],
  ["KMS", "KeyMaterialId", "0f".repeat(32), "0F".repeat(32)],
  ["KMS", "XksProxyUriPath", "/a/kms/xks/v1", "/a/kms/xks/"],
  ["KMS", "Policy", "{\t}\r\n\u00ff", "{\u0100}"],
  ["IAM", "UserName", "a+b=c,d.e@f-g", "a b"],
  ["IAM", "Path", "/a/b/", "a/b"],
  ["STS", "RoleSessionName", "Session1", "Session1:2"],
  ["CLOUDTRAIL", "EventName", "PutObject", "Put-Object"],
  ["ORGANIZATIONS", "ParentId", "ou-exam-ple12345", "ou-exam"],
  ["ORGANIZATIONS", "TargetId", "111122223333", "11112222333"],
];

const TABLES = { KMS, IAM, STS, CLOUDTRAIL, ORGANIZATIONS };

for (const [name, member, good, bad] of CASES) {
  test(`${name} ${member} takes ${JSON.stringify(good)} and refuses ${JSON.stringify(bad)}`, () => {
    const check = compileCheck(TABLES[name][member], undefined);
    assert.deepEqual(check?.(good), []);
    assert.notDeepEqual(check?.(bad), []);
  });
}
