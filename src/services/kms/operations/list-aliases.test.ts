import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const all = async (input: object = {}) => {
  const seen = [];
  let Marker: string | undefined;
  do {
    const page = await kms.call("ListAliases", { ...input, Marker });
    seen.push(...page.Aliases);
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return seen;
};

test("own aliases and AWS's, those without a key yet have no target, and pages lose none", async () => {
  const KeyId = await kms.keyId();
  for (const name of ["alias/zebra", "alias/ant"])
    await kms.call("CreateAlias", { AliasName: name, TargetKeyId: KeyId });
  await kms.call("DescribeKey", { KeyId: "alias/aws/ebs" });
  const listed = await all();
  const names = listed.map((alias) => alias.AliasName);
  assert.deepEqual(names, [...new Set(names)].sort());
  assert.ok(names.includes("alias/aws/s3") && names.includes("alias/ant"));
  const find = (name: string) => listed.find((alias) => alias.AliasName === name);
  assert.deepEqual(find("alias/aws/s3"), {
    AliasName: "alias/aws/s3",
    AliasArn: "arn:aws:kms:us-east-1:111122223333:alias/aws/s3",
  });
  assert.match(find("alias/aws/ebs")?.TargetKeyId ?? "", /-/);
  assert.equal(find("alias/zebra")?.TargetKeyId, KeyId);
  assert.deepEqual(await all({ Limit: 3 }), listed);
  assert.deepEqual(
    (await all({ KeyId, Limit: 1 })).map((alias) => alias.AliasName),
    ["alias/ant", "alias/zebra"],
  );
});

test("a hundred a page at most; who may not list does not", async () => {
  const text =
    "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100";
  assert.equal(await kms.refused("ListAliases", { Limit: 101 }), text);
  assert.match(await kms.refused("ListAliases", {}, as("bob")), /on resource: \*/);
});
