import { createHash } from "node:crypto";
import type { AccountId } from "../base/index.js";
import type { ManagedPolicy } from "./directory.js";

export interface AwsManagedPolicy {
  readonly policy: ManagedPolicy;
  readonly document: string;
}

interface Written {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly createdAt: string;
  readonly statements: readonly object[];
}

const allow = (actions: string | readonly string[], resource: string | readonly string[] = "*") => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});

/**
 * The managed policies of AWS that people reach for first, written after what AWS documents that they permit.
 * Versions and dates are AWS's; a policy that is not here does not exist in this house.
 */
const WRITTEN: readonly Written[] = [
  {
    name: "AdministratorAccess",
    version: "v1",
    description: "Full access to all services and resources.",
    createdAt: "2015-02-06T18:39:46Z",
    statements: [allow("*")],
  },
  {
    name: "AmazonDynamoDBFullAccess",
    version: "v15",
    description: "Full access to DynamoDB.",
    createdAt: "2015-02-06T18:40:11Z",
    statements: [
      allow(["dynamodb:*", "dax:*", "kms:DescribeKey", "kms:ListAliases", "cloudwatch:GetMetricData", "iam:ListRoles"]),
    ],
  },
  {
    name: "AmazonS3FullAccess",
    version: "v2",
    description: "Full access to all buckets.",
    createdAt: "2015-02-06T18:40:58Z",
    statements: [allow(["s3:*", "s3-object-lambda:*"])],
  },
  {
    name: "AmazonS3ReadOnlyAccess",
    version: "v3",
    description: "Read access to all buckets.",
    createdAt: "2015-02-06T18:40:59Z",
    statements: [allow(["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"])],
  },
  {
    name: "AWSDenyAll",
    version: "v2",
    description: "Deny all access.",
    createdAt: "2019-05-01T22:36:14Z",
    statements: [{ Sid: "DenyAll", Effect: "Deny", Action: "*", Resource: "*" }],
  },
  {
    name: "AWSCloudTrail_FullAccess",
    version: "v1",
    description: "Full access to CloudTrail.",
    createdAt: "2019-08-08T12:00:00Z",
    statements: [
      allow([
        "cloudtrail:*",
        "kms:ListKeys",
        "kms:ListAliases",
        "kms:CreateKey",
        "s3:ListAllMyBuckets",
        "iam:ListRoles",
      ]),
    ],
  },
  {
    name: "AWSCloudTrail_ReadOnlyAccess",
    version: "v1",
    description: "Read access to CloudTrail.",
    createdAt: "2019-08-08T12:00:00Z",
    statements: [allow(["cloudtrail:Get*", "cloudtrail:Describe*", "cloudtrail:List*", "cloudtrail:LookupEvents"])],
  },
  {
    name: "AWSKeyManagementServicePowerUser",
    version: "v2",
    description: "Making and finding KMS keys; their use is left to key policies.",
    createdAt: "2015-02-06T18:40:40Z",
    statements: [
      allow([
        "kms:CreateAlias",
        "kms:CreateKey",
        "kms:DeleteAlias",
        "kms:Describe*",
        "kms:GenerateRandom",
        "kms:Get*",
        "kms:List*",
        "kms:TagResource",
        "kms:UntagResource",
        "iam:ListGroups",
        "iam:ListRoles",
        "iam:ListUsers",
      ]),
    ],
  },
  {
    name: "IAMFullAccess",
    version: "v2",
    description: "Full access to IAM.",
    createdAt: "2015-02-06T18:40:38Z",
    statements: [
      allow([
        "iam:*",
        "organizations:DescribeAccount",
        "organizations:DescribeOrganization",
        "organizations:DescribeOrganizationalUnit",
        "organizations:DescribePolicy",
        "organizations:ListChildren",
        "organizations:ListParents",
        "organizations:ListPoliciesForTarget",
        "organizations:ListRoots",
        "organizations:ListPolicies",
        "organizations:ListTargetsForPolicy",
      ]),
    ],
  },
  {
    name: "IAMReadOnlyAccess",
    version: "v4",
    description: "Read access to IAM.",
    createdAt: "2015-02-06T18:40:39Z",
    statements: [
      allow([
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:Get*",
        "iam:List*",
        "iam:SimulateCustomPolicy",
        "iam:SimulatePrincipalPolicy",
      ]),
    ],
  },
  {
    name: "PowerUserAccess",
    version: "v6",
    description: "Full access to all services but the administration of users and groups.",
    createdAt: "2015-02-06T18:39:47Z",
    statements: [
      { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
      allow([
        "account:GetAccountInformation",
        "account:GetPrimaryEmail",
        "account:ListRegions",
        "iam:CreateServiceLinkedRole",
        "iam:DeleteServiceLinkedRole",
        "iam:ListRoles",
        "organizations:DescribeOrganization",
      ]),
    ],
  },
  {
    name: "SecretsManagerReadWrite",
    version: "v5",
    description: "Full access to Secrets Manager.",
    createdAt: "2018-04-04T18:05:29Z",
    statements: [
      allow(["secretsmanager:*", "kms:DescribeKey", "kms:ListAliases", "kms:ListKeys", "tag:GetResources"]),
      allow(
        ["s3:GetObject"],
        ["arn:aws:s3:::awsserverlessrepo-changesets*", "arn:aws:s3:::secrets-manager-rotation-apps-*/*"],
      ),
    ],
  },
];

export const AWS_MANAGED: ReadonlyMap<string, AwsManagedPolicy> = new Map(
  WRITTEN.map(publish).map((policy) => [policy.policy.arn, policy]),
);

function publish(written: Written): AwsManagedPolicy {
  const policy: ManagedPolicy = {
    account: "aws" as AccountId, // AWS's own policies have this word where an account's number stands
    id: uniqueIdOf(written.name),
    name: written.name,
    path: "/",
    arn: `arn:aws:iam::aws:policy/${written.name}`,
    description: written.description,
    defaultVersion: written.version,
    versionsMade: Number(written.version.slice(1)),
    createdAt: new Date(written.createdAt),
    updatedAt: new Date(written.createdAt),
    tags: [],
  };
  return { policy, document: JSON.stringify({ Version: "2012-10-17", Statement: written.statements }, undefined, 4) };
}

/** The same in every house, as AWS's are the same in every account. */
function uniqueIdOf(name: string): string {
  const letters = createHash("sha256")
    .update(name)
    .digest("hex")
    .toUpperCase()
    .replace(/[0189]/g, "Z");
  return `ANPA${letters.slice(0, 17)}`;
}
