import type { Region } from "../../base/index.js";
import { serviceUseId } from "../../identity/index.js";
import { ARN, type IamBench, policyText } from "./testing.js";

export const ADA_ARN = `${ARN}user/team/ada`;
export const READER = `${ARN}policy/reader`;

/** Ada may use S3 by her group's policy and KMS by her own; Bob, too, S3 alone. Ada used S3 at the start of the hour. */
export async function usedServices(iam: IamBench): Promise<void> {
  const { User } = await iam.call("CreateUser", { UserName: "ada", Path: "/team/" });
  await iam.call("CreateUser", { UserName: "bob" });
  await iam.call("CreateGroup", { GroupName: "team" });
  for (const UserName of ["ada", "bob"]) await iam.call("AddUserToGroup", { GroupName: "team", UserName });
  await iam.call("CreatePolicy", { PolicyName: "reader", PolicyDocument: policyText("s3:Get*") });
  await iam.call("AttachGroupPolicy", { GroupName: "team", PolicyArn: READER });
  await iam.call("PutUserPolicy", { UserName: "ada", PolicyName: "own", PolicyDocument: policyText("kms:Decrypt") });
  const { uses, clock } = iam.house;
  const use = { atMs: clock.nowMs(), service: "s3", region: "eu-west-1" as Region }; // a Region
  uses.note(serviceUseId(User?.UserId ?? "", "s3"), use);
}

export async function reportOn(iam: IamBench, Arn: string): Promise<string> {
  return (await iam.call("GenerateServiceLastAccessedDetails", { Arn })).JobId ?? "";
}
