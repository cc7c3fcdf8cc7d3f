import * as sdk from "@aws-sdk/client-cloudtrail";
import { GenerateRandomCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { Clients } from "../../harness/clients.js";
import { awsOperations } from "../aws-operations.js";
import type { Canaries } from "../canaries.js";
import type { Register, ServiceRow } from "../row.js";

export const cloudtrail: ServiceRow = {
  id: "cloudtrail",

  async plantCanaries({ root }, canaries) {
    const lookUp = (AttributeKey: sdk.LookupAttributeKey, field: string) =>
      root.cloudtrail.send(
        new sdk.LookupEventsCommand({
          LookupAttributes: [{ AttributeKey, AttributeValue: canaries.text(`cloudtrail ${field}`) }],
        }),
      );
    await lookUp("Username", "user name");
    await lookUp("ResourceName", "resource name");
    await lookUp("EventName", "event name");
    await plantTrail(canaries, root);
    await root.cloudtrail
      .send(new sdk.LookupEventsCommand({ NextToken: canaries.text("cloudtrail token") }))
      .catch(() => {});
  },

  operations: awsOperations("cloudtrail", sdk, (clients) => clients.cloudtrail, {
    needNoPermission: {},
    async inputs({ root, account }) {
      const S3BucketName = `victim-trail-${account}`;
      const trail = { Name: "some-trail", S3BucketName, TagsList: [{ Key: "a", Value: "b" }] };
      await bucketForTrails(root, S3BucketName);
      const { TrailARN = "" } = await root.cloudtrail.send(new sdk.CreateTrailCommand(trail));
      return {
        members: {
          Name: "some-trail",
          TrailName: "some-trail",
          S3BucketName,
          ResourceId: TrailARN,
          ResourceIdList: [TrailARN],
          TagsList: trail.TagsList,
        },
        operations: {
          CreateTrail: { Name: "fresh-trail" },
          GetInsightSelectors: { TrailName: "some-trail" },
          PutInsightSelectors: { TrailName: "some-trail", InsightSelectors: [] },
        },
      };
    },
  }),

  registers: async () => [lookedUp()],
  keyUses: [],
};

/** A bucket that CloudTrail may write to. */
async function bucketForTrails({ s3 }: Pick<Clients, "s3">, bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const statement = (Action: string, Resource: string) => ({
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Action,
    Resource,
  });
  const Statement = [
    statement("s3:GetBucketAcl", `arn:aws:s3:::${bucket}`),
    statement("s3:PutObject", `arn:aws:s3:::${bucket}/*`),
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
}

/** A trail whose name, prefix and tag are canaries, and which has a file to deliver. */
async function plantTrail(canaries: Canaries, { cloudtrail: client, s3 }: Clients): Promise<void> {
  const bucket = `trail-canary-${canaries
    .text("cloudtrail bucket")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")}`.slice(0, 60);
  await bucketForTrails({ s3 }, bucket);
  const { TrailARN = "" } = await client.send(
    new sdk.CreateTrailCommand({
      Name: `trail-${canaries.text("cloudtrail trail name").replaceAll(/[^A-Za-z0-9]/g, "")}`,
      S3BucketName: bucket,
      S3KeyPrefix: canaries.text("cloudtrail prefix"),
      TagsList: [{ Key: canaries.text("cloudtrail tag key"), Value: canaries.text("cloudtrail tag value") }],
    }),
  );
  await client.send(
    new sdk.PutEventSelectorsCommand({
      TrailName: TrailARN,
      AdvancedEventSelectors: [
        {
          Name: canaries.text("cloudtrail selector name"),
          FieldSelectors: [
            { Field: "eventCategory", Equals: ["Management"] },
            { Field: "eventName", NotEquals: [canaries.text("cloudtrail selector value")] },
          ],
        },
      ],
    }),
  );
  await client.send(new sdk.StartLoggingCommand({ Name: TrailARN }));
}

/** The event of a call that was answered can be looked up. */
function lookedUp(): Register {
  let last: { value: string; requestId: string } | undefined;
  return {
    name: "cloudtrail event",
    write: async ({ root }, value) => {
      const made = await root.kms.send(new GenerateRandomCommand({ NumberOfBytes: 8 }));
      last = { value, requestId: made.$metadata.requestId ?? "" };
    },
    read: async ({ root }) => {
      if (last === undefined) return undefined;
      const { Events } = await root.cloudtrail.send(
        new sdk.LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "GenerateRandom" }],
        }),
      );
      const requests = (Events ?? []).map((event) => JSON.parse(event.CloudTrailEvent ?? "{}").requestID);
      return requests.includes(last.requestId) ? last.value : undefined;
    },
  };
}
