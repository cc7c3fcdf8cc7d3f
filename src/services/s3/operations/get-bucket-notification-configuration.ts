import { describeNotifications, notificationRules } from "../notifications/configuration.js";
import { onBucket } from "../on-bucket.js";
import { operation } from "../ports.js";

export const getBucketNotificationConfiguration = operation("GetBucketNotificationConfiguration", {
  ...onBucket("GetBucketNotification"),
  run: async (_ctx, _input, { target: bucket }) => describeNotifications(notificationRules(bucket)),
});
