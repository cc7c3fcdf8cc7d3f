import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allow, arnOf, as, openTestService, type TestService } from "../testing.js";

let kms: TestService;
before(async () => {
  kms = await openTestService();
});
after(() => kms.close());

const refused = (AliasName: string, TargetKeyId: string) => kms.refused("CreateAlias", { AliasName, TargetKeyId });
const ALIAS = "arn:aws:kms:us-east-1:111122223333:alias/payroll";

test("a name is taken once, whatever key it names", async () => {
  const [KeyId, other] = [await kms.keyId(), await kms.keyId()];
  await kms.call("CreateAlias", { AliasName: "alias/payroll", TargetKeyId: KeyId });
  const taken = `AlreadyExistsException: An alias with the name ${ALIAS} already exists`;
  for (const target of [KeyId, other]) assert.equal(await refused("alias/payroll", target), taken);
});

test("names that are none are refused in the recorded words", async () => {
  const KeyId = await kms.keyId();
  const prefix =
    'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html';
  for (const name of ["payroll", "alias/", "Alias/x"]) assert.equal(await refused(name, KeyId), prefix);
  assert.equal(await refused("alias/aws/mine", KeyId), "NotAuthorizedException");
  assert.match(await refused("alias/a:b", KeyId), /^ValidationException: .*contains invalid characters for an alias$/);
  for (const target of ["alias/payroll", ALIAS]) {
    assert.equal(await refused("alias/x", target), "ValidationException: Aliases must refer to keys. Not aliases");
  }
});

test("fifty names a key, not one more; none for a key that waits for its end", async () => {
  const KeyId = await kms.keyId();
  for (let at = 0; at < 50; at++) await kms.call("CreateAlias", { AliasName: `alias/n${at}`, TargetKeyId: KeyId });
  assert.match(await refused("alias/n50", KeyId), /^LimitExceededException/);
  const doomed = await kms.keyId();
  await kms.call("ScheduleKeyDeletion", { KeyId: doomed });
  assert.match(await refused("alias/late", doomed), /is pending deletion\.$/);
});

test("the alias and the key must both be allowed", async () => {
  const KeyId = await kms.keyId();
  const input = { AliasName: "alias/both", TargetKeyId: KeyId };
  const alias = "arn:aws:kms:*:*:alias/*";
  assert.match(await kms.refused("CreateAlias", input, as("a", allow("kms:CreateAlias", alias))), new RegExp(KeyId));
  assert.match(await kms.refused("CreateAlias", input, as("a", allow("kms:CreateAlias", arnOf("*")))), /alias\/both/);
  await kms.call("CreateAlias", input, as("a", allow("kms:CreateAlias", alias), allow("kms:CreateAlias", arnOf("*"))));
});

test("the record names alias and key", async () => {
  const KeyId = await kms.keyId();
  const { notes, response } = await kms.recorded("CreateAlias", { AliasName: "alias/noted", TargetKeyId: KeyId });
  assert.deepEqual(
    notes.resources.map(({ type }) => type),
    ["AWS::KMS::Alias", "AWS::KMS::Key"],
  );
  assert.deepEqual(response, { keyId: arnOf(KeyId) });
});
