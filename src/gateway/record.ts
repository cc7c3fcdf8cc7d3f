import type { TLSSocket } from "node:tls";
import type { TrailRecord } from "../audit/index.js";
import { type AwsError, isoSeconds } from "../base/index.js";
import type { AnyOperation, Service } from "../kit/index.js";
import type { Exchange } from "./exchange.js";

/** What is known of the call's end when its record is written. */
export interface Outcome {
  readonly output?: Record<string, unknown>;
  readonly error?: AwsError;
}

/** Services whose records say us-east-1 wherever they were called (CloudTrail's global services). */
const GLOBAL = new Set(["iam"]);

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
  return {
    eventVersion: "1.11",
    userIdentity: notes.proven?.userIdentity ??
      caller?.userIdentity ?? { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" },
    eventTime: isoSeconds(exchange.time),
    eventSource: service.eventSource,
    eventName: operation.name,
    awsRegion: GLOBAL.has(service.id) ? "us-east-1" : (exchange.region ?? "us-east-1"),
    sourceIPAddress: exchange.sourceIp,
    userAgent: exchange.userAgent,
    ...(error === undefined
      ? {}
      : { errorCode: SHORTENED.get(error.code) ?? error.code, errorMessage: error.message.slice(0, 1024) }),
    requestParameters: denied && service.id === "kms" ? null : requestParameters(operation, exchange.input),
    responseElements: outcome.output === undefined ? null : operation.auditResponse(outcome.output),
    ...(Object.keys(notes.additionalEventData).length === 0 ? {} : { additionalEventData: notes.additionalEventData }),
    requestID: exchange.requestId,
    eventID,
    readOnly: operation.readOnly,
    ...(notes.resources.length === 0 ? {} : { resources: notes.resources }),
    eventType: "AwsApiCall",
    managementEvent: operation.category === "Management",
    recipientAccountId: notes.proven?.account ?? caller?.account ?? notes.resources[0]?.accountId ?? "",
    eventCategory: operation.category,
    ...(exchange.secure ? { tlsDetails: tlsDetails(exchange) } : {}),
  };
}

function requestParameters(operation: AnyOperation, input: Record<string, unknown> | undefined) {
  return input === undefined ? null : operation.auditRequest(input);
}

function tlsDetails(exchange: Exchange): Record<string, unknown> {
  const socket = exchange.request.socket as TLSSocket; // `secure` says so
  return {
    tlsVersion: socket.getProtocol() ?? undefined,
    cipherSuite: socket.getCipher().standardName,
    clientProvidedHostHeader: exchange.head.headers["host"],
  };
}
