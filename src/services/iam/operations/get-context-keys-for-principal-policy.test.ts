import assert from "node:assert/strict";
import { test } from "node:test";
import { ARN, guarded, openIam, policyText } from "../testing.js";

const PolicySourceArn = `${ARN}user/ada`;

guarded("GetContextKeysForPrincipalPolicy", { PolicySourceArn }, PolicySourceArn);

test("GetContextKeysForPrincipalPolicy names the keys of a user's policies and of those that are brought", async (t) => {
  const iam = await openIam(t);
  await assert.rejects(iam.call("GetContextKeysForPrincipalPolicy", { PolicySourceArn }), { code: "NoSuchEntity" });
  await iam.call("CreateUser", { UserName: "ada" });
  const PolicyDocument = policyText("s3:*", "arn:aws:s3:::b/${aws:username}");
  await iam.call("PutUserPolicy", { UserName: "ada", PolicyName: "own", PolicyDocument });
  const PolicyInputList = [policyText("s3:*", "arn:aws:s3:::b/${aws:userid}")];
  const answer = await iam.call("GetContextKeysForPrincipalPolicy", { PolicySourceArn, PolicyInputList });
  assert.deepEqual(answer.ContextKeyNames, ["aws:username", "aws:userid"]);
});
