import { s3House } from "../testing.js";

export const REPORTS = "bucket-of-reports";

/** A house with a bucket that takes the reports of any bucket of the account. */
export async function reportingHouse() {
  const house = await s3House();
  await house.call("CreateBucket", { Bucket: REPORTS });
  const Statement = {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${REPORTS}/*`,
    Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const letIn = () => house.call("PutBucketPolicy", { Bucket: REPORTS, Policy });
  return { house, letIn };
}

export const inventory = (more: object = {}, destination: object = {}) => ({
  Id: "daily",
  IsEnabled: true,
  IncludedObjectVersions: "Current",
  Schedule: { Frequency: "Daily" },
  Destination: { S3BucketDestination: { Bucket: `arn:aws:s3:::${REPORTS}`, Format: "CSV", ...destination } },
  ...more,
});
