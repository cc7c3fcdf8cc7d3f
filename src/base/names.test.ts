import assert from "node:assert/strict";
import { test } from "node:test";
import { globalArn, makeArn, parseArn, partitionOf } from "./arn.js";
import { SeededEntropy } from "./entropy.js";
import { type AccountId, Ids, isAccountId, isRegion } from "./ids.js";

const account = "111122223333" as AccountId;

test("an ARN's resource keeps its own colons and slashes", () => {
  const arn = makeArn("kms", "eu-west-1", account, "alias/a:b/c");
  assert.equal(arn, "arn:aws:kms:eu-west-1:111122223333:alias/a:b/c");
  assert.deepEqual(parseArn(arn), {
    partition: "aws",
    service: "kms",
    region: "eu-west-1",
    account,
    resource: "alias/a:b/c",
  });
  assert.equal(parseArn(globalArn("iam", account, "user/x"))?.region, "");
});

test("what is not an ARN is undefined", () => {
  for (const wrong of ["", "arn", "arn:aws:kms", "urn:aws:kms:r:a:x", "arn::kms:r:a:x", "alias/x"])
    assert.equal(parseArn(wrong), undefined);
});

test("China and GovCloud have partitions of their own", () => {
  assert.equal(partitionOf("cn-north-1"), "aws-cn");
  assert.equal(partitionOf("us-gov-west-1"), "aws-us-gov");
  assert.equal(partitionOf("us-west-1"), "aws");
});

test("ids have AWS's forms and do not repeat", () => {
  const ids = new Ids(new SeededEntropy(3));
  assert.match(ids.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.match(ids.unique("AIDA"), /^AIDA[A-Z2-7]{17}$/);
  assert.match(ids.next("vol"), /^vol-[0-9a-f]{17}$/);
  assert.ok(isAccountId(ids.accountId()));
  assert.equal(ids.hex(5).length, 5);
  assert.equal(new Set(Array.from({ length: 1000 }, () => ids.uuid())).size, 1000);
});

test("accounts are twelve digits and Regions have AWS's form", () => {
  assert.ok(isAccountId("012345678901") && !isAccountId("12345678901") && !isAccountId("12345678901a"));
  assert.ok(isRegion("us-east-1") && isRegion("us-gov-west-1"));
  for (const wrong of ["us-east", "US-east-1", "1", "us-east-1 ", "us--1"]) assert.equal(isRegion(wrong), false, wrong);
});
