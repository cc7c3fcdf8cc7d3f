import * as sdk from "@aws-sdk/client-cloudtrail";
import { GenerateRandomCommand } from "@aws-sdk/client-kms";
import { awsOperations } from "../aws-operations.js";
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
    await root.cloudtrail
      .send(new sdk.LookupEventsCommand({ NextToken: canaries.text("cloudtrail token") }))
      .catch(() => {});
  },

  operations: awsOperations("cloudtrail", sdk, (clients) => clients.cloudtrail, {
    needNoPermission: {},
    inputs: async () => ({ members: {}, operations: {} }),
  }),

  registers: async () => [lookedUp()],
  keyUses: [],
};

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
