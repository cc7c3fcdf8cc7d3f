import { isoSeconds } from "../../../base/index.js";
import { hostId } from "../../../wire/index.js";
import type { ObjectEncryption } from "../encryption.js";
import { bucketArn, canonicalUserId } from "../names.js";
import type { Annotation, Bucket } from "../store/index.js";
import type { Tag } from "../tagging.js";
import type { NotificationRule } from "./configuration.js";

/** Who changed an object, and in which request. Lifecycle and replication bring their own. */
export interface Doer {
  readonly principalId: string;
  readonly account: string;
  readonly sourceIp: string;
  readonly requestId: string;
  /** Of this event: EventBridge's `id`. */
  readonly eventId: string;
  readonly timeMs: number;
}

/** What happened to an object, or to one version of it. */
export interface ObjectChange {
  /** Without its `s3:`: `ObjectCreated:Put`. */
  readonly event: string;
  readonly key: string;
  /** `null` is not told. */
  readonly versionId: string;
  /** Undefined where nothing is left. */
  readonly bytes?: number | undefined;
  readonly etag?: string | undefined;
  /** What rules for replicas look at. */
  readonly object?:
    | {
        readonly tags: readonly Tag[];
        readonly encryption: ObjectEncryption;
        /** Those that came with it, as a copy's do. */
        readonly annotations?: readonly Pick<Annotation, "name" | "bodyId">[] | undefined;
      }
    | undefined;
}

/** The message that goes out for one rule. */
export function eventMessage(
  bucket: Bucket,
  rule: Pick<NotificationRule, "kind" | "id">,
  change: ObjectChange,
  doer: Doer,
  sequencer: string,
): string {
  return JSON.stringify(
    rule.kind === "EventBus"
      ? busEvent(bucket, change, doer, sequencer)
      : { Records: [s3Record(bucket, rule.id, change, doer, sequencer)] },
  );
}

/** S3's own message structure. Keys are encoded as forms are, with `+` for a space. */
function s3Record(bucket: Bucket, configurationId: string, change: ObjectChange, doer: Doer, sequencer: string) {
  return {
    eventVersion: versionOf(change.event),
    eventSource: "aws:s3",
    awsRegion: bucket.region,
    eventTime: new Date(doer.timeMs).toISOString(),
    eventName: change.event,
    userIdentity: { principalId: doer.principalId },
    requestParameters: { sourceIPAddress: doer.sourceIp },
    responseElements: { "x-amz-request-id": doer.requestId, "x-amz-id-2": hostId(doer.requestId) },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: canonicalUserId(bucket.account) },
        arn: bucketArn(bucket.name),
      },
      object: {
        key: encodeURIComponent(change.key).replace(/%20/g, "+").replace(/%2F/g, "/"),
        ...(change.bytes === undefined ? {} : { size: change.bytes }),
        ...(change.etag === undefined ? {} : { eTag: change.etag }),
        ...(change.versionId === "null" ? {} : { versionId: change.versionId }),
        sequencer,
      },
    },
  };
}

/** 2.2 tells of replication, 2.3 of all that came after it, 2.1 of the rest. */
function versionOf(event: string): string {
  if (event.startsWith("Replication:")) return "2.2";
  return /^(Lifecycle|IntelligentTiering|ObjectAcl|ObjectTagging|ObjectAnnotation|ObjectRestore:Delete)/.test(event)
    ? "2.3"
    : "2.1";
}

function busEvent(bucket: Bucket, change: ObjectChange, doer: Doer, sequencer: string) {
  const { detailType, reason, deletion } = busWords(change.event);
  return {
    version: "0",
    id: doer.eventId,
    "detail-type": detailType,
    source: "aws.s3",
    account: bucket.account,
    time: isoSeconds(new Date(doer.timeMs)),
    region: bucket.region,
    resources: [bucketArn(bucket.name)],
    detail: {
      version: "0",
      bucket: { name: bucket.name },
      object: {
        key: change.key,
        ...(change.bytes === undefined ? {} : { size: change.bytes }),
        ...(change.etag === undefined ? {} : { etag: change.etag }),
        ...(change.versionId === "null" ? {} : { "version-id": change.versionId }),
        sequencer,
      },
      "request-id": doer.requestId,
      requester: doer.account,
      "source-ip-address": doer.sourceIp,
      ...(reason === undefined ? {} : { reason }),
      ...(deletion === undefined ? {} : { "deletion-type": deletion }),
    },
  };
}

/** EventBridge's names; undefined where it is told nothing of such an event. */
const BUS_WORDS: Readonly<Record<string, readonly [detailType: string, reason?: string, deletion?: string]>> = {
  "ObjectCreated:Put": ["Object Created", "PutObject"],
  "ObjectCreated:Post": ["Object Created", "POST Object"],
  "ObjectCreated:Copy": ["Object Created", "CopyObject"],
  "ObjectCreated:CompleteMultipartUpload": ["Object Created", "CompleteMultipartUpload"],
  "ObjectRemoved:Delete": ["Object Deleted", "DeleteObject", "Permanently Deleted"],
  "ObjectRemoved:DeleteMarkerCreated": ["Object Deleted", "DeleteObject", "Delete Marker Created"],
  "LifecycleExpiration:Delete": ["Object Deleted", "Lifecycle Expiration", "Permanently Deleted"],
  "LifecycleExpiration:DeleteMarkerCreated": ["Object Deleted", "Lifecycle Expiration", "Delete Marker Created"],
  "ObjectRestore:Post": ["Object Restore Initiated"],
  "ObjectRestore:Completed": ["Object Restore Completed"],
  "ObjectRestore:Delete": ["Object Restore Expired"],
  LifecycleTransition: ["Object Storage Class Changed"],
  "ObjectTagging:Put": ["Object Tags Added"],
  "ObjectTagging:Delete": ["Object Tags Deleted"],
  "ObjectAcl:Put": ["Object ACL Updated"],
};

export const isForBus = (event: string): boolean => Object.hasOwn(BUS_WORDS, event);

function busWords(event: string) {
  const [detailType, reason, deletion] = BUS_WORDS[event] ?? [event];
  return { detailType, reason, deletion };
}

/** What S3 sends to a new queue or topic, to see that somebody listens. */
export const testMessage = (bucket: Bucket, doer: Doer): string =>
  JSON.stringify({
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(doer.timeMs).toISOString(),
    Bucket: bucket.name,
    RequestId: doer.requestId,
    HostId: hostId(doer.requestId),
  });
