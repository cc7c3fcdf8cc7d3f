import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("TagPolicy is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER, Tags: [{ Key: "a", Value: "1" }] };
  await iam.denies("TagPolicy", input, "iam:TagPolicy", READER);
  await assert.rejects(iam.call("TagPolicy", input), fails("NoSuchEntity", `Policy ${READER} was not found.`));
});

test("TagPolicy refuses a key twice; keys that differ in case are two", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", reader);
  const tag = (...keys: string[]) =>
    iam.call("TagPolicy", { PolicyArn: READER, Tags: keys.map((Key) => ({ Key, Value: Key })) });
  await assert.rejects(tag("a", "a"), fails("InvalidInput", "Duplicate tag keys found."));
  await tag("a", "A");
  const { Tags } = await iam.call("ListPolicyTags", { PolicyArn: READER });
  assert.deepEqual(Tags, [
    { Key: "A", Value: "A" },
    { Key: "a", Value: "a" },
  ]);
});

test("TagPolicy replaces a value", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreatePolicy", { ...reader, Tags: [{ Key: "a", Value: "1" }] });
  await iam.call("TagPolicy", { PolicyArn: READER, Tags: [{ Key: "a", Value: "" }] });
  const { Policy } = await iam.call("GetPolicy", { PolicyArn: READER });
  assert.deepEqual(Policy?.Tags, [{ Key: "a", Value: "" }]);
});
