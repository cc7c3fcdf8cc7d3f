import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrailRecord } from "../../audit/index.js";
import { testRecord } from "../../audit/testing.js";
import { type AdvancedSelector, type BasicSelector, type FieldSelector, isSelected } from "./selectors.js";

const OBJECT = "arn:aws:s3:::bucket/in/file.txt";

const read = (parts: Partial<TrailRecord> = {}) =>
  testRecord("e", {
    eventSource: "s3.amazonaws.com",
    eventName: "GetObject",
    eventCategory: "Data",
    managementEvent: false,
    readOnly: true,
    resources: [
      { type: "AWS::S3::Object", ARN: OBJECT },
      { type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::bucket" },
    ],
    ...parts,
  });

const basic = (parts: Partial<BasicSelector>): { selectors: readonly BasicSelector[] } => ({
  selectors: [
    {
      ReadWriteType: "All",
      IncludeManagementEvents: true,
      DataResources: [],
      ExcludeManagementEventSources: [],
      ...parts,
    },
  ],
});

const objects = (...Values: string[]) => basic({ DataResources: [{ Type: "AWS::S3::Object", Values }] });

test("a trail that was told nothing takes management events, and no data events", () => {
  assert.equal(isSelected({}, testRecord("e")), true);
  assert.equal(isSelected({}, read()), false);
});

test("basic selectors: reads and writes, management events and sources that are left out", () => {
  const write = testRecord("e", { readOnly: false });
  assert.equal(isSelected(basic({ ReadWriteType: "ReadOnly" }), testRecord("e")), true);
  assert.equal(isSelected(basic({ ReadWriteType: "ReadOnly" }), write), false);
  assert.equal(isSelected(basic({ ReadWriteType: "WriteOnly" }), write), true);
  assert.equal(isSelected(basic({ ReadWriteType: "WriteOnly" }), testRecord("e")), false);
  assert.equal(isSelected(basic({ IncludeManagementEvents: false }), testRecord("e")), false);
  const withoutKms = basic({ ExcludeManagementEventSources: ["kms.amazonaws.com"] });
  assert.equal(isSelected(withoutKms, testRecord("e")), false);
  assert.equal(isSelected(withoutKms, testRecord("e", { eventSource: "iam.amazonaws.com" })), true);
});

test("basic selectors: all objects, a bucket's, those below a prefix, and no neighbour's", () => {
  for (const value of ["arn:aws:s3", "arn:aws:s3:::", "arn:aws:s3:::bucket/", "arn:aws:s3:::bucket/in/", OBJECT])
    assert.equal(isSelected(objects(value), read()), true, value);
  for (const value of ["arn:aws:s3:::buck", "arn:aws:s3:::bucket/out/", "arn:aws:s3:::other/", "arn:aws:lambda"])
    assert.equal(isSelected(objects(value), read()), false, value);
  const functions = basic({ DataResources: [{ Type: "AWS::Lambda::Function", Values: ["arn:aws:s3"] }] });
  assert.equal(isSelected(functions, read()), false, "another type");
  assert.equal(isSelected(objects("arn:aws:s3"), read({ resources: [] })), false);
  const twice = { selectors: [...objects("arn:aws:s3:::other/").selectors, ...objects("arn:aws:s3").selectors] };
  assert.equal(isSelected(twice, read()), true, "one that matches is enough");
});

const where = (...FieldSelectors: FieldSelector[]): { advanced: readonly AdvancedSelector[] } => ({
  advanced: [{ FieldSelectors }],
});

const OPERATORS = [
  ["Equals", OBJECT, "arn:aws:s3:::bucket/in"],
  ["StartsWith", "arn:aws:s3:::bucket/in/", "arn:aws:s3:::bucket/out"],
  ["EndsWith", ".txt", ".text"],
  ["NotEquals", "arn:aws:s3:::bucket/in", OBJECT],
  ["NotStartsWith", "arn:aws:s3:::bucket/out", "arn:aws:s3:::bucket/in/"],
  ["NotEndsWith", ".text", ".txt"],
] as const;

for (const [operator, good, bad] of OPERATORS) {
  test(`advanced selectors: ${operator} takes its own and refuses its neighbour`, () => {
    const field = (...values: string[]) => where({ Field: "resources.ARN", [operator]: values });
    assert.equal(isSelected(field(good), read()), true);
    assert.equal(isSelected(field(bad), read()), false);
    const isNegated = operator.startsWith("Not");
    assert.equal(isSelected(field(good, bad), read()), !isNegated, "any of the values, or none of them");
    assert.equal(isSelected(field(good), read({ resources: [] })), isNegated, "what is absent equals nothing");
  });
}

test("advanced selectors: every field of one, and one of several", () => {
  const fields: readonly (readonly [string, string, string])[] = [
    ["eventCategory", "Data", "Management"],
    ["eventName", "GetObject", "PutObject"],
    ["eventSource", "s3.amazonaws.com", "kms.amazonaws.com"],
    ["eventType", "AwsApiCall", "AwsServiceEvent"],
    ["readOnly", "true", "false"],
    ["resources.type", "AWS::S3::Object", "AWS::S3::Bucket"],
    ["resources.ARN", OBJECT, "arn:aws:s3:::bucket"],
    ["userIdentity.arn", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bert"],
    ["sessionCredentialFromConsole", "false", "true"],
  ];
  for (const [Field, good, bad] of fields) {
    assert.equal(isSelected(where({ Field, Equals: [good] }), read()), true, Field);
    assert.equal(isSelected(where({ Field, Equals: [bad] }), read()), false, Field);
    assert.equal(isSelected(where({ Field, Equals: [good] }, { Field: "eventName", Equals: ["x"] }), read()), false);
  }
  assert.equal(isSelected(where({ Field: "vpcEndpointId", Equals: ["vpce-1"] }), read()), false);
  const [first, second] = [
    where({ Field: "eventName", Equals: ["x"] }),
    where({ Field: "readOnly", Equals: ["true"] }),
  ];
  assert.equal(isSelected({ advanced: [...first.advanced, ...second.advanced] }, read()), true);
  const both = where({ Field: "eventName", StartsWith: ["Get"], NotEndsWith: ["Object"] });
  assert.equal(isSelected(both, read()), false, "all operators of a field hold together");
});
