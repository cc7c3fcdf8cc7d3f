import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccountId, AwsError, type Region } from "../base/index.js";
import { noSuchAlias, noSuchKey, parseKeyIdentifier, parseKeyOnly } from "./identifiers.js";

const PLACE = { account: "111122223333" as AccountId, region: "us-east-1" as Region }; // well-formed
const UUID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const MRK = "mrk-1234abcd12ab34cd56ef1234567890ab";
const ARN = `arn:aws:kms:us-east-1:111122223333:key/${UUID}`;

const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (thrown) {
    assert.ok(thrown instanceof AwsError);
    return `${thrown.code}: ${thrown.message}`;
  }
  return assert.fail("it was taken");
};
const parse = (text: string) => parseKeyIdentifier(text, PLACE, "InvalidArnException");

test("all four forms of a key's name are understood", () => {
  const forms: [string, string][] = [
    [UUID, ARN],
    [MRK, `arn:aws:kms:us-east-1:111122223333:key/${MRK}`],
    [ARN, ARN],
    ["alias/x", "arn:aws:kms:us-east-1:111122223333:alias/x"],
    ["arn:aws:kms:us-east-1:444455556666:alias/a/b", "arn:aws:kms:us-east-1:444455556666:alias/a/b"],
    [`arn:aws:kms:us-east-1:444455556666:key/${UUID}`, `arn:aws:kms:us-east-1:444455556666:key/${UUID}`],
  ];
  for (const [text, arn] of forms) assert.equal(parse(text).arn, arn);
});

test("what is no name of a key is refused in the recorded words", () => {
  const noIds = ["fake-key-id", "134f2428cec14b25a1ae9048164dba47", "mrk-fake-key-id", UUID.toUpperCase(), "", "key/x"];
  for (const text of noIds)
    assert.equal(
      refusal(() => parse(text)),
      `NotFoundException: Invalid keyId '${text}'`,
    );
  const abroad = ARN.replace("us-east-1", "eu-west-1");
  assert.equal(
    refusal(() => parse(abroad)),
    "NotFoundException: Invalid arn eu-west-1",
  );
});

test("a broken ARN is InvalidArnException, or NotFoundException where the model has no other word", () => {
  const broken = [
    "arn:aws:s3:us-east-1:111122223333:key/x",
    "arn:aws:kms:us-east-1:1111:key/x",
    `arn:aws-cn:kms:us-east-1:111122223333:key/${UUID}`,
    "arn:aws:kms:us-east-1:111122223333:thing/x",
    "arn:aws",
  ];
  for (const text of broken) {
    assert.match(
      refusal(() => parse(text)),
      /^InvalidArnException: /,
    );
    assert.match(
      refusal(() => parseKeyIdentifier(text, PLACE, "NotFoundException")),
      /^NotFoundException: /,
    );
  }
});

test("an alias in either form is no name of a key where only keys are meant", () => {
  for (const text of ["alias/x", "arn:aws:kms:us-east-1:111122223333:alias/x"]) {
    assert.equal(
      refusal(() => parseKeyOnly(text, PLACE)),
      `NotFoundException: Invalid keyId '${text}'`,
    );
  }
  assert.equal(parseKeyOnly(UUID, PLACE).ref.id, UUID);
});

test("absent keys and aliases are named by their ARNs", () => {
  assert.equal(noSuchKey(parse(UUID).arn).message, `Key '${ARN}' does not exist`);
  const alias = parse("alias/x").arn;
  assert.equal(noSuchAlias(alias).message, "Alias arn:aws:kms:us-east-1:111122223333:alias/x is not found.");
});
