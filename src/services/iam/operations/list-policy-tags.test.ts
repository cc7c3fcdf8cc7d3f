import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("ListPolicyTags is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER };
  await iam.denies("ListPolicyTags", input, "iam:ListPolicyTags", READER);
  await assert.rejects(iam.call("ListPolicyTags", input), fails("NoSuchEntity", `Policy ${READER} was not found.`));
});

test("ListPolicyTags pages in order of key", async (t) => {
  const iam = await openIam(t);
  const Tags = ["b", "a"].map((Key) => ({ Key, Value: "" }));
  await iam.call("CreatePolicy", { ...reader, Tags });
  const first = await iam.call("ListPolicyTags", { PolicyArn: READER, MaxItems: 1 });
  assert.deepEqual([first.Tags?.[0]?.Key, first.IsTruncated], ["a", true]);
  const second = await iam.call("ListPolicyTags", { PolicyArn: READER, Marker: first.Marker });
  assert.deepEqual([second.Tags?.[0]?.Key, second.IsTruncated], ["b", false]);
});
