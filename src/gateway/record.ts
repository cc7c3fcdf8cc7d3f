import type { TrailRecord } from "../audit/index.js";
import { type AwsError, isoSeconds } from "../base/index.js";
import type { AnyOperation, Service } from "../kit/index.js";
import { type Exchange, tlsSocketOf } from "./exchange.js";

/** What is known of the call's end when its record is written. */
export interface Outcome {
  readonly output?: Record<string, unknown>;
  readonly error?: AwsError;
}

/** Services whose records say us-east-1 wherever they were called (CloudTrail's global services). */
const GLOBAL = new Set(["iam", "organizations"]);

/** The codes that CloudTrail shortens: a refusal reads `AccessDenied` whatever the service called it. */
const SHORTENED = new Map([["AccessDeniedException", "AccessDenied"]]);

export function trailRecord(
  exchange: Exchange,
  service: Service,
  operation: AnyOperation,
  eventID: string,
  outcome: Outcome,
): TrailRecord {
  const { caller, notes } = exchange;
  const { error } = outcome;
  const denied = error !== undefined && /^AccessDenied/.test(error.code);
  // Member after member, in CloudTrail's order: to spread the rare ones in costs every record more than all the others.
  const record: Draft = {
    eventVersion: "1.11",
    userIdentity: notes.proven?.userIdentity ?? caller?.userIdentity ?? NOBODY,
    eventTime: isoSeconds(exchange.time),
    eventSource: service.eventSource,
    eventName: operation.name,
    awsRegion: GLOBAL.has(service.id) ? "us-east-1" : (exchange.region ?? "us-east-1"),
    sourceIPAddress: exchange.sourceIp,
    userAgent: exchange.userAgent,
  };
  if (error !== undefined) {
    record.errorCode = SHORTENED.get(error.code) ?? error.code;
    record.errorMessage = error.message.slice(0, 1024);
  }
  record.requestParameters = denied && service.id === "kms" ? null : requestParameters(operation, exchange);
  record.responseElements = outcome.output === undefined ? null : operation.auditResponse(outcome.output);
  if (!isEmpty(notes.additionalEventData)) record.additionalEventData = notes.additionalEventData;
  record.requestID = exchange.requestId;
  record.eventID = eventID;
  record.readOnly = operation.readOnly;
  if (notes.resources.length > 0) record.resources = notes.resources;
  record.eventType = "AwsApiCall";
  record.managementEvent = operation.category === "Management";
  record.recipientAccountId = notes.proven?.account ?? caller?.account ?? notes.resources[0]?.accountId ?? "";
  record.eventCategory = operation.category;
  if (exchange.secure) record.tlsDetails = tlsDetails(exchange);
  return record as TrailRecord; // every member that a record must have was just written
}

type Draft = { -readonly [Name in keyof TrailRecord]?: TrailRecord[Name] };

const NOBODY = Object.freeze({ type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" });

function isEmpty(data: object): boolean {
  for (const _ in data) return false;
  return true;
}

function requestParameters(operation: AnyOperation, { input, notes }: Exchange) {
  const members = input === undefined ? null : operation.auditRequest(input);
  return notes.requestParameters === undefined ? members : { ...notes.requestParameters, ...members };
}

function tlsDetails(exchange: Exchange): Record<string, unknown> {
  const socket = tlsSocketOf(exchange);
  return {
    tlsVersion: socket.getProtocol() ?? undefined,
    cipherSuite: socket.getCipher().standardName,
    clientProvidedHostHeader: exchange.head.headers["host"],
  };
}
