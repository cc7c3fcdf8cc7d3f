import { errors } from "./errors.js";

interface Targets {
  readonly SnsTopicName?: string | undefined;
  readonly CloudWatchLogsLogGroupArn?: string | undefined;
  readonly CloudWatchLogsRoleArn?: string | undefined;
  readonly IsOrganizationTrail?: boolean | undefined;
}

/** Where a trail could also tell of itself, if there were such services here. An empty text takes nothing away. */
export function refuseTargets(input: Targets): void {
  if (input.SnsTopicName) throw errors.topic(input.SnsTopicName.slice(0, 256));
  if (input.CloudWatchLogsLogGroupArn || input.CloudWatchLogsRoleArn) throw errors.logGroup();
  if (input.IsOrganizationTrail) throw errors.organization();
}
