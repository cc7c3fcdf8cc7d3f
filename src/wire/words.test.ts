import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsError } from "../base/index.js";
import { decode, head, scoped } from "./testing.js";

const organizations = (operation: string) =>
  head("POST", "/", {
    "x-amz-target": `AWSOrganizationsV20161128.${operation}`,
    "content-type": "application/x-amz-json-1.1",
    ...scoped("organizations"),
  });

test("Organizations says what kind of mistake an input has, and not where", () => {
  const reasonOf = (operation: string, input: object) => {
    try {
      decode(organizations(operation), JSON.stringify(input));
    } catch (thrown) {
      assert.ok(thrown instanceof AwsError);
      assert.equal(thrown.code, "InvalidInputException");
      return thrown.fields["Reason"];
    }
    return undefined;
  };
  assert.equal(reasonOf("DescribeAccount", { AccountId: "111122223333" }), undefined);
  assert.equal(reasonOf("DescribeAccount", { AccountId: "11112222333" }), "INVALID_PATTERN");
  assert.equal(reasonOf("DescribeAccount", {}), "INPUT_REQUIRED");
  assert.equal(reasonOf("ListPolicies", { Filter: "MINE" }), "INVALID_ENUM");
  assert.equal(reasonOf("ListRoots", { MaxResults: 21 }), "MAX_VALUE_EXCEEDED");
  assert.equal(reasonOf("ListRoots", { MaxResults: 0 }), "MIN_VALUE_EXCEEDED");
  const child = { ParentId: "r-exam", Name: "n".repeat(129) };
  assert.equal(reasonOf("CreateOrganizationalUnit", child), "MAX_LENGTH_EXCEEDED");
  assert.equal(reasonOf("CreateOrganizationalUnit", { ...child, Name: "" }), "MIN_LENGTH_EXCEEDED");
});
