import assert from "node:assert/strict";
import { test } from "node:test";
import { guarded, openIam, policyText } from "../testing.js";

guarded("GetContextKeysForCustomPolicy", { PolicyInputList: [policyText("s3:*")] }, "*");

test("GetContextKeysForCustomPolicy names every key once, and refuses what is no policy", async (t) => {
  const iam = await openIam(t);
  const own = policyText("s3:*", "arn:aws:s3:::b/${aws:username}");
  const answer = await iam.call("GetContextKeysForCustomPolicy", { PolicyInputList: [own, own] });
  assert.deepEqual(answer.ContextKeyNames, ["aws:username"]);
  await assert.rejects(iam.call("GetContextKeysForCustomPolicy", { PolicyInputList: ["{}"] }), {
    code: "InvalidInput",
  });
});
