import type { TrailRecord } from "../../audit/index.js";
import { isoSeconds, parseArn } from "../../base/index.js";
import type { CallContext } from "../../identity/index.js";
import type { RequestMetadata } from "./bodies.js";
import type { ProxyError } from "./errors.js";
import type { Route } from "./route.js";

const NAMES = {
  health: "GetHealthStatus",
  metadata: "GetKeyMetadata",
  encrypt: "Encrypt",
  decrypt: "Decrypt",
} as const;

/** What is known of a call when its record is written, also of one that failed early. */
export interface Seen {
  readonly route: Route;
  readonly accessKeyId: string;
  metadata?: RequestMetadata;
  keyArn?: string;
  error?: ProxyError;
}

/** The proxy's record: who asked KMS, as KMS tells it, and in whose name the key was used here. */
export function proxyRecord(call: CallContext, seen: Seen, eventID: string): TrailRecord {
  const { route, metadata, keyArn, error } = seen;
  const account = keyArn === undefined ? undefined : parseArn(keyArn)?.account;
  return {
    eventVersion: "1.11",
    userIdentity: { ...call.caller.userIdentity, accessKeyId: seen.accessKeyId, invokedBy: "xks-proxy.amazonaws.com" },
    eventTime: isoSeconds(call.time),
    eventSource: "kms-xks-proxy.amazonaws.com",
    eventName: NAMES[route.api],
    awsRegion: call.region,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent,
    ...(error === undefined ? {} : { errorCode: error.errorName, errorMessage: error.message }),
    requestParameters: route.api === "health" ? null : { externalKeyId: route.externalKeyId },
    responseElements: null,
    ...(metadata === undefined ? {} : { additionalEventData: { requestMetadata: told(metadata) } }),
    requestID: call.requestId,
    eventID,
    readOnly: true,
    ...(keyArn === undefined || account === undefined
      ? {}
      : { resources: [{ accountId: account, type: "AWS::KMS::Key", ARN: keyArn }] }),
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: call.caller.account,
    eventCategory: "Management",
  };
}

const told = (metadata: RequestMetadata) =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
