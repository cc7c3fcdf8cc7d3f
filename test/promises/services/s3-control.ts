import * as sdk from "@aws-sdk/client-s3-control";
import { awsOperations } from "../aws-operations.js";
import type { ServiceRow } from "../row.js";

const Tags = [{ Key: "a", Value: "b" }];

const base = awsOperations("s3-control", sdk, (clients) => clients.s3control, {
  needNoPermission: {},
  elsewhere: [
    // To outposts.
    "CreateBucket",
    "ListRegionalBuckets",
    // To directory buckets.
    "DeleteAccessPointScope",
    "GetAccessPointScope",
    "ListAccessPointsForDirectoryBuckets",
    "PutAccessPointScope",
  ],
  async inputs({ root: { s3control: client }, account: AccountId }) {
    const made = await client.send(new sdk.CreateJobCommand({ AccountId, ...jobOf(AccountId), Tags }));
    return {
      members: { JobId: made.JobId, Tags },
      optional: { Tags },
      operations: {
        CreateJob: jobOf(AccountId),
        PutPublicAccessBlock: { PublicAccessBlockConfiguration: {} },
        PutJobTagging: { Tags },
      },
    };
  },
});

/** A job that waits: nothing of it is done. */
const jobOf = (account: string) =>
  ({
    ConfirmationRequired: true,
    Operation: { S3DeleteObjectTagging: {} },
    Manifest: {
      Spec: { Format: "S3BatchOperations_CSV_20180820", Fields: ["Bucket", "Key"] },
      Location: { ObjectArn: "arn:aws:s3:::nowhere/list.csv", ETag: "none" },
    },
    Report: { Enabled: false },
    Priority: 1,
    RoleArn: `arn:aws:iam::${account}:role/batch`,
  }) satisfies sdk.CreateJobCommandInput;

export const s3Control: ServiceRow = {
  id: "s3-control",
  actions: "s3",

  async plantCanaries({ root: { s3control: client }, account: AccountId }, canaries) {
    const text = (field: string) => canaries.text(`s3-control ${field}`);
    const tag = (of: string) => ({ Key: text(`${of} tag key`), Value: text(`${of} tag value`) });
    const job = jobOf(AccountId);
    const { JobId } = await client.send(
      new sdk.CreateJobCommand({
        AccountId,
        ...job,
        Description: text("description"),
        ClientRequestToken: text("token"),
        Operation: {
          S3PutObjectCopy: {
            TargetResource: "arn:aws:s3:::nowhere",
            TargetKeyPrefix: text("target prefix"),
            NewObjectMetadata: { UserMetadata: { note: text("metadata") } },
            NewObjectTagging: [tag("object")],
          },
        },
        Manifest: { ...job.Manifest, Location: { ObjectArn: `arn:aws:s3:::nowhere/${text("list")}`, ETag: "none" } },
        Tags: [tag("job")],
      }),
    );
    await client.send(
      new sdk.CreateJobCommand({
        AccountId,
        ...job,
        Manifest: undefined,
        ManifestGenerator: {
          S3JobManifestGenerator: {
            SourceBucket: "arn:aws:s3:::nowhere",
            EnableManifestOutput: true,
            ManifestOutputLocation: {
              Bucket: "arn:aws:s3:::nowhere",
              ManifestFormat: "S3InventoryReport_CSV_20211130",
              ManifestPrefix: text("manifest prefix"),
            },
            Filter: { KeyNameConstraint: { MatchAnySubstring: [text("substring of keys")] } },
          },
        },
      }),
    );
    await client.send(new sdk.PutJobTaggingCommand({ AccountId, JobId, Tags: [tag("other")] }));
  },

  // The account that is asked about is the caller's own: the model knows that it must be said, not what it is.
  operations: {
    ...base,
    sender: (stage, credentials) => {
      const send = base.sender(stage, credentials);
      return (name, input) => send(name, { AccountId: stage.account, ...input });
    },
  },

  registers: async () => [],
  keyUses: [],
};
