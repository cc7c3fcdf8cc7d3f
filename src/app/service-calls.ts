import type { Audit, TrailRecord } from "../audit/index.js";
import { type AccountId, type Clock, type Ids, isAwsError, isoSeconds, type Log, type Region } from "../base/index.js";
import { authorize, type Caller, Denied } from "../identity/index.js";
import type { AnyOperation, AuditNotes, RequestContext, Service } from "../kit/index.js";
import type { Actor, TrailBuckets } from "../services/cloudtrail/service.js";

interface Ports {
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly s3: Service;
}

const SERVICE = "cloudtrail.amazonaws.com";
/**
 * What buckets' policies ask for. It is not said as the operation's ACL: for that S3 would want PutObjectAcl too, which
 * no policy that AWS documents for trails gives.
 */
const ACL = { "x-amz-acl": "bucket-owner-full-control" };

/**
 * How CloudTrail writes to buckets: S3's own operations, authorized as the service principal by the bucket's policy,
 * encrypted as S3 encrypts for anybody, and recorded. Services never import each other: this stands between them.
 */
export function trailBuckets(ports: Ports): TrailBuckets {
  const { s3 } = ports;
  return {
    call: (actor, region) => contextOf(ports, actor, region, {}),

    async check(actor, bucket, key) {
      const ctx = contextOf(ports, actor, actor.region, ACL);
      const found = await allowed(s3, ctx, "GetBucketAcl", { Bucket: bucket });
      await allowed(s3, ctx, "PutObject", { Bucket: bucket, Key: key });
      return (found.target as { readonly region: string }).region; // what S3's operations on a whole bucket look up
    },

    async put(actor, { bucket, key, body, metadata, kmsKeyId }) {
      const headers = {
        ...ACL,
        ...(kmsKeyId === undefined ? {} : { "x-amz-server-side-encryption": "aws:kms" }),
      };
      const context = { "aws:cloudtrail:arn": actor.sourceArn };
      const encryption = {
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: kmsKeyId,
        SSEKMSEncryptionContext: Buffer.from(JSON.stringify(context)).toString("base64"),
      };
      await recorded(ports, actor, headers, body, {
        Bucket: bucket,
        Key: key,
        ContentType: "application/x-gzip",
        Metadata: metadata,
        ...(kmsKeyId === undefined ? {} : encryption),
      });
    },
  };
}

function operationOf(s3: Service, name: string): AnyOperation {
  const operation = s3.operations.get(name);
  if (operation === undefined) throw new Error(`S3 has ${name}`);
  return operation;
}

/** Look up and authorize, as the pipeline does; a refusal in S3's words. */
async function allowed(s3: Service, ctx: RequestContext, name: string, input: object) {
  const operation = operationOf(s3, name);
  const target = await operation.target(ctx, input);
  try {
    return authorize(ctx, target, await operation.checks(ctx, input, target));
  } catch (thrown) {
    throw thrown instanceof Denied ? s3.denied(thrown) : thrown;
  }
}

async function recorded(
  ports: Ports,
  actor: Actor,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  const operation = operationOf(ports.s3, "PutObject");
  const ctx = contextOf(ports, actor, actor.region, headers, (notes, eventId, requestId) =>
    recordOf(ports, actor, operation, { input, notes, eventId, requestId }),
  );
  const withBody = { ...ctx, body: bodyOf(body) };
  const finish = (error?: unknown) => {
    const { notes, eventId, requestId } = ctx;
    return ports.audit.record(recordOf(ports, actor, operation, { input, notes, eventId, requestId, error }));
  };
  try {
    await operation.run(withBody, input, await allowed(ports.s3, withBody, "PutObject", input));
  } catch (thrown) {
    await finish(thrown);
    throw thrown;
  }
  await finish();
}

const bodyOf = (bytes: Uint8Array): NonNullable<RequestContext["body"]> => ({
  declaredBytes: bytes.length,
  trailers: {},
  async *[Symbol.asyncIterator]() {
    yield Buffer.from(bytes);
  },
});

function contextOf(
  { audit, clock, ids, log }: Ports,
  actor: Actor,
  region: string,
  headers: Readonly<Record<string, string>>,
  first?: (notes: AuditNotes, eventId: string, requestId: string) => TrailRecord,
): RequestContext {
  const [requestId, eventId] = [ids.uuid(), ids.uuid()];
  const notes: AuditNotes = { resources: [], additionalEventData: {} };
  return {
    caller: callerOf(actor),
    region: region as Region, // a trail's or a bucket's
    requestId,
    time: clock.now(),
    sourceIp: SERVICE,
    userAgent: SERVICE,
    secureTransport: true, // it never leaves the process
    signatureVersion: "AWS4-HMAC-SHA256",
    sourceArn: actor.sourceArn,
    commit: (database, unit) =>
      first === undefined ? database.write(unit) : audit.commit(database, first(notes, eventId, requestId), unit),
    clock,
    ids,
    log,
    eventId,
    headers,
    host: "localhost",
    body: undefined,
    bytes: undefined,
    notes,
  };
}

function callerOf({ account }: Actor): Caller {
  return {
    principal: { kind: "service", arn: "", account, service: SERVICE },
    account: account as AccountId, // a trail's
    accessKeyId: "",
    policies: { identity: [] },
    values: new Map([["aws:principaltype", "Service"]]),
    userIdentity: { type: "AWSService", invokedBy: SERVICE },
    displayName: SERVICE,
    userId: SERVICE,
  };
}

interface Told {
  readonly input: Readonly<Record<string, unknown>>;
  readonly notes: AuditNotes;
  readonly eventId: string;
  readonly requestId: string;
  readonly error?: unknown;
}

function recordOf({ clock }: Ports, actor: Actor, operation: AnyOperation, told: Told): TrailRecord {
  const { input, notes, eventId, requestId, error } = told;
  return {
    eventVersion: "1.11",
    userIdentity: { type: "AWSService", invokedBy: SERVICE },
    eventTime: isoSeconds(clock.now()),
    eventSource: "s3.amazonaws.com",
    eventName: operation.name,
    awsRegion: actor.region,
    sourceIPAddress: SERVICE,
    userAgent: SERVICE,
    ...(isAwsError(error) ? { errorCode: error.code, errorMessage: error.message.slice(0, 1024) } : {}),
    ...(error !== undefined && !isAwsError(error) ? { errorCode: "InternalError" } : {}),
    requestParameters: operation.auditRequest(input),
    responseElements: null,
    ...(Object.keys(notes.additionalEventData).length === 0 ? {} : { additionalEventData: notes.additionalEventData }),
    requestID: requestId,
    eventID: eventId,
    readOnly: operation.readOnly,
    ...(notes.resources.length === 0 ? {} : { resources: notes.resources }),
    eventType: "AwsApiCall",
    managementEvent: false,
    recipientAccountId: actor.account,
    eventCategory: "Data",
  };
}
