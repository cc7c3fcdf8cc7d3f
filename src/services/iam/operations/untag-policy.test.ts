import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam, policyText } from "../testing.js";

const READER = `${ARN}policy/reader`;
const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") };

test("UntagPolicy is refused without permission, and no policy is found that is not there", async (t) => {
  const iam = await openIam(t);
  const input = { PolicyArn: READER, TagKeys: ["a"] };
  await iam.denies("UntagPolicy", input, "iam:UntagPolicy", READER);
  await assert.rejects(iam.call("UntagPolicy", input), fails("NoSuchEntity", `Policy ${READER} was not found.`));
});

test("UntagPolicy takes off the very key and no other", async (t) => {
  const iam = await openIam(t);
  const Tags = ["a", "A"].map((Key) => ({ Key, Value: "" }));
  await iam.call("CreatePolicy", { ...reader, Tags });
  await iam.call("UntagPolicy", { PolicyArn: READER, TagKeys: ["a", "unknown"] });
  assert.deepEqual((await iam.call("ListPolicyTags", { PolicyArn: READER })).Tags, [{ Key: "A", Value: "" }]);
});
