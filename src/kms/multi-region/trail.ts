import type { TrailRecord } from "../../audit/index.js";
import { isoSeconds } from "../../base/index.js";
import type { CallContext } from "../../identity/index.js";
import { type KeyRef, keyArn } from "../key.js";
import { EVENT_SOURCE, keyResource } from "../trail.js";

const BY_KMS = "kms.amazonaws.com";

/**
 * What a call to the primary did in another Region: KMS called itself there in the caller's name (kms 13.5). `ref`
 * is the related key in that Region.
 */
export function otherRegionEvent(
  call: CallContext,
  ref: KeyRef,
  event: Pick<TrailRecord, "eventName" | "requestParameters" | "responseElements">,
  eventID: string,
): TrailRecord {
  return {
    eventVersion: "1.11",
    userIdentity: { ...call.caller.userIdentity, invokedBy: BY_KMS },
    eventTime: isoSeconds(call.time),
    eventSource: EVENT_SOURCE,
    awsRegion: ref.region,
    sourceIPAddress: BY_KMS,
    userAgent: BY_KMS,
    ...event,
    requestID: call.requestId,
    eventID,
    readOnly: false,
    resources: [keyResource({ ...ref, arn: keyArn(ref) })],
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: ref.account,
    eventCategory: "Management",
  };
}
