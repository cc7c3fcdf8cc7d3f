import { AwsError } from "../../../base/index.js";
import { doerOf } from "../changes.js";
import { errors } from "../errors.js";
import {
  NOTIFICATIONS,
  type NotificationRule,
  notificationRules,
  parseNotifications,
} from "../notifications/configuration.js";
import { testMessage } from "../notifications/event-record.js";
import { onBucket } from "../on-bucket.js";
import { operation, type S3Ports } from "../ports.js";
import { type Bucket, bucketStands, deleteSetting, insertEvent, putSetting, takeSequence } from "../store/index.js";

/** Takes the place of all rules that the bucket had; none leaves none. */
export const putBucketNotificationConfiguration = operation("PutBucketNotificationConfiguration", {
  ...onBucket("PutBucketNotification"),
  run: async (ctx, input, { target: bucket }, ports) => {
    const rules = parseNotifications(input.NotificationConfiguration, bucket, () => ctx.ids.uuid());
    if (!input.SkipDestinationValidation) checkDestinations(ports, bucket, rules);
    const fresh = input.SkipDestinationValidation ? [] : newListeners(notificationRules(bucket), rules);
    const doer = doerOf(ctx);
    await ctx.commit(ports.database, async (tx) => {
      if (!(await bucketStands(tx, bucket.id))) throw errors.noSuchBucket(bucket.name);
      if (rules.length === 0) return void (await deleteSetting(tx, bucket.id, NOTIFICATIONS));
      await putSetting(tx, bucket.id, NOTIFICATIONS, JSON.stringify(rules));
      const first = await takeSequence(tx, fresh.length);
      for (const [at, destination] of fresh.entries()) {
        const body = testMessage(bucket, doer);
        await insertEvent(tx, { id: first + at, destination, body, createdMs: doer.timeMs });
      }
    });
    return {};
  },
});

/** Here no queue, topic or function has a policy that could let another account's buckets in: the account is asked. */
function checkDestinations({ destinations }: S3Ports, bucket: Bucket, rules: readonly NotificationRule[]): void {
  const bad = rules.find(({ arn }) => arn.split(":")[4] !== bucket.account || !destinations.has(arn));
  if (bad === undefined) return;
  throw new AwsError("InvalidArgument", "Unable to validate the following destination configurations", {
    status: 400,
    fields: {
      ArgumentName1: bad.arn,
      ArgumentValue1: "The destination does not exist, or does not take events of this bucket",
    },
  });
}

/** S3 sends a test to queues and topics alone. */
function newListeners(before: readonly NotificationRule[], after: readonly NotificationRule[]): string[] {
  const known = new Set(before.map(({ arn }) => arn));
  const listening = after.filter(({ kind, arn }) => (kind === "Queue" || kind === "Topic") && !known.has(arn));
  return [...new Set(listening.map(({ arn }) => arn))];
}
