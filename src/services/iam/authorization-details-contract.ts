import { ARN, type IamBench, policyText, trustText } from "./testing.js";

/** A user, a group, a role and two policies that hang together. */
export async function enableUse(iam: IamBench) {
  const [boundary, policy] = [`${ARN}policy/limit`, `${ARN}policy/reader`];
  await iam.call("CreatePolicy", { PolicyName: "limit", PolicyDocument: policyText("s3:*") });
  const reader = { PolicyName: "reader", PolicyDocument: policyText("s3:Get*"), Description: "reads" };
  await iam.call("CreatePolicy", reader);
  await iam.call("CreatePolicyVersion", { PolicyArn: policy, PolicyDocument: policyText("s3:List*") });
  await iam.call("CreateUser", { UserName: "ada", PermissionsBoundary: boundary, Tags: [{ Key: "a", Value: "1" }] });
  await iam.call("PutUserPolicy", { UserName: "ada", PolicyName: "own", PolicyDocument: policyText("s3:Get*") });
  await iam.call("CreateGroup", { GroupName: "team" });
  await iam.call("AddUserToGroup", { GroupName: "team", UserName: "ada" });
  await iam.call("PutGroupPolicy", { GroupName: "team", PolicyName: "team", PolicyDocument: policyText("kms:*") });
  await iam.call("AttachGroupPolicy", { GroupName: "team", PolicyArn: policy });
  const trust = trustText({ Service: "ec2.amazonaws.com" });
  await iam.call("CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: trust });
  await iam.call("PutRolePolicy", { RoleName: "deploy", PolicyName: "deploy", PolicyDocument: policyText("s3:*") });
  await iam.call("CreateInstanceProfile", { InstanceProfileName: "web" });
  await iam.call("AddRoleToInstanceProfile", { InstanceProfileName: "web", RoleName: "deploy" });
  return { boundary, policy };
}
