import type { Event } from "@aws-sdk/client-cloudtrail";
import { type TrailRecord, usernameOf } from "../../audit/index.js";

/** A record as LookupEvents shows it: a few of its fields picked out, and the whole as JSON text. */
export function eventOf(record: TrailRecord): Event {
  const { accessKeyId } = record.userIdentity;
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    ReadOnly: String(record.readOnly),
    ...(typeof accessKeyId === "string" ? { AccessKeyId: accessKeyId } : {}),
    EventTime: new Date(record.eventTime),
    EventSource: record.eventSource,
    Username: usernameOf(record),
    Resources: (record.resources ?? []).map(({ type, ARN }) => ({ ResourceType: type, ResourceName: ARN })),
    CloudTrailEvent: JSON.stringify(record),
  };
}
