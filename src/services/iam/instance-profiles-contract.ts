import { ARN, type IamBench, trustText } from "./testing.js";
import type { TaggedThing } from "./thing-tags-contract.js";

export const NAMED = { InstanceProfileName: "web" };
export const PROFILE_ARN = `${ARN}instance-profile/team/web`;

export const makeProfile = (iam: IamBench) => iam.call("CreateInstanceProfile", { ...NAMED, Path: "/team/" });

export const makeRole = (iam: IamBench, RoleName = "deploy") =>
  iam.call("CreateRole", { RoleName, AssumeRolePolicyDocument: trustText({ Service: "ec2.amazonaws.com" }) });

export const TAGGED_PROFILE: TaggedThing = {
  kind: "InstanceProfile",
  named: NAMED,
  absent: { InstanceProfileName: "nobody" },
  arn: PROFILE_ARN,
  make: makeProfile,
};
