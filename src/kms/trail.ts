import type { TrailRecord, TrailResource } from "../audit/index.js";
import { type AccountId, isAwsError, isoSeconds, type Region } from "../base/index.js";
import type { CallContext, Caller } from "../identity/index.js";
import type { Key } from "./key.js";

export const EVENT_SOURCE = "kms.amazonaws.com";

/** One use of a key by a service in its caller's name (kms 13.2). */
export interface ServiceUse {
  readonly eventName: "GenerateDataKey" | "Decrypt";
  readonly requestParameters: Readonly<Record<string, unknown>>;
  /** Undefined when the key was not found. */
  readonly key?: Key | undefined;
  readonly materialId?: string | undefined;
  readonly error?: unknown;
}

export function keyResource(key: Pick<Key, "account" | "arn">): TrailResource {
  const known = resources.get(key);
  if (known !== undefined) return known;
  const made = Object.freeze({ accountId: key.account, type: "AWS::KMS::Key", ARN: key.arn });
  resources.set(key, made);
  return made;
}

/** Of keys as they were read, which never change. */
const resources = new WeakMap<object, TrailResource>();

/** Where a key in a custom key store lies, in the records of all that is done with it (kms 13.4). */
export function storeData({ customStore }: Key): Readonly<Record<string, string>> {
  if (customStore === undefined) return {};
  const { id, type, externalKeyId, clusterId } = customStore;
  return {
    customKeyStoreId: id,
    ...(type === "EXTERNAL_KEY_STORE" ? { xksKeyId: externalKeyId } : {}),
    ...(clusterId === undefined ? {} : { clusterId }),
  };
}

/** `s3.us-east-1.amazonaws.com` calls itself `s3.amazonaws.com` in the trail. */
const serviceName = (viaService: string) => `${viaService.slice(0, viaService.indexOf("."))}.amazonaws.com`;

/** The caller's record of what the service did for it: the service stands where address and agent would. */
export function serviceUseRecord(call: CallContext, requestId: string, eventId: string, use: ServiceUse): TrailRecord {
  const service = serviceName(call.viaService ?? "kms.");
  // Member after member: to spread the rare ones in costs every record more than all the others.
  const record: Draft = {
    eventVersion: "1.11",
    userIdentity: identityVia(call.caller, service),
    eventTime: isoSeconds(call.time),
    eventSource: EVENT_SOURCE,
    eventName: use.eventName,
    awsRegion: call.region,
    sourceIPAddress: service,
    userAgent: service,
  };
  if (use.error !== undefined) Object.assign(record, errorOf(use.error));
  record.requestParameters = isAwsError(use.error, "AccessDeniedException") ? null : use.requestParameters;
  record.responseElements = null;
  const data = additionalData(use);
  if (data !== undefined) record.additionalEventData = data;
  record.requestID = requestId;
  record.eventID = eventId;
  record.readOnly = true;
  if (use.key !== undefined) record.resources = [keyResource(use.key)];
  record.eventType = "AwsApiCall";
  record.managementEvent = true;
  record.recipientAccountId = call.caller.account;
  record.eventCategory = "Management";
  return record as TrailRecord; // every member that a record must have was just written
}

type Draft = { -readonly [Name in keyof TrailRecord]?: TrailRecord[Name] };

/** The identity of callers that live on, through each service, frozen: it is then written once. */
const identities = new WeakMap<Caller, Map<string, TrailRecord["userIdentity"]>>();

function identityVia(caller: Caller, service: string): TrailRecord["userIdentity"] {
  const known = identities.get(caller)?.get(service);
  if (known !== undefined) return known;
  const made = Object.freeze({ ...caller.userIdentity, invokedBy: service });
  if (Object.isFrozen(caller.userIdentity))
    identities.set(caller, (identities.get(caller) ?? new Map()).set(service, made));
  return made;
}

function additionalData({ key, materialId }: ServiceUse): TrailRecord["additionalEventData"] {
  const ofMaterial = materialId === undefined ? undefined : { keyMaterialId: materialId };
  return key?.customStore === undefined ? ofMaterial : { ...ofMaterial, ...storeData(key) };
}

function errorOf(error: unknown): Pick<TrailRecord, "errorCode" | "errorMessage"> {
  if (!isAwsError(error)) return { errorCode: "InternalFailure" };
  const errorCode = error.code === "AccessDeniedException" ? "AccessDenied" : error.code;
  return error.hasMessage ? { errorCode, errorMessage: error.message.slice(0, 1024) } : { errorCode };
}

/** What the house itself did to a key (kms 13.5). */
export function serviceEvent(
  key: { readonly account: AccountId; readonly region: Region; readonly arn: string },
  eventName: "RotateKey" | "DeleteKey" | "SynchronizeMultiRegionKey" | "DeleteExpiredKeyMaterial",
  details: Readonly<Record<string, unknown>>,
  now: Date,
  eventId: string,
): TrailRecord {
  return {
    eventVersion: "1.11",
    userIdentity: { accountId: key.account, invokedBy: "AWS Internal" },
    eventTime: isoSeconds(now),
    eventSource: EVENT_SOURCE,
    eventName,
    awsRegion: key.region,
    sourceIPAddress: "AWS Internal",
    userAgent: "AWS Internal",
    requestParameters: null,
    responseElements: null,
    eventID: eventId,
    readOnly: false,
    resources: [{ accountId: key.account, type: "AWS::KMS::Key", ARN: key.arn }],
    serviceEventDetails: details,
    eventType: "AwsServiceEvent",
    managementEvent: true,
    recipientAccountId: key.account,
    eventCategory: "Management",
  };
}
