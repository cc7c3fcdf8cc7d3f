import { needs, utf8 } from "../../base/index.js";
import { canonicalContext, type KeyHandle, keyHandle, newSecret, SealingKey, Secret } from "../../crypto/index.js";
import { callVia } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { ObjectName } from "./bucket-keys.js";
import { type CustomerKey, unwrapForCustomer, wrapForCustomer, wrongCustomerKey } from "./customer-key.js";
import { markReplica, unmarkReplica } from "./customer-replica.js";
import {
  type EncryptionPlan,
  isKms,
  type KmsEncryption,
  type KmsPlan,
  type ObjectEncryption,
  originOf,
} from "./encryption.js";
import { refuseUnsafeKmsUse } from "./encryption-plan.js";
import { errors } from "./errors.js";
import { asS3, type KmsUse } from "./kms-words.js";
import { bucketArn, objectArn } from "./names.js";
import type { BodyKey } from "./piece-format.js";
import type { S3Ports } from "./ports.js";
import type { Bucket, StoredObject } from "./store/index.js";
import { packPair, unpackPair, WRAPPED } from "./wrapped-key.js";

/** A data key in use, and what is stored so that it can be had again. */
export interface NewDataKey {
  readonly key: BodyKey;
  readonly wrapped: Uint8Array;
  readonly encryption: ObjectEncryption;
}

/** One GenerateDataKey in the caller's name, or one key from S3's own, or one under the customer's. */
export async function newDataKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  key: string,
  plan: EncryptionPlan,
): Promise<NewDataKey> {
  if (plan.mode === "SSE-C") return newUnderCustomer(bucket, key, plan.customerKey);
  if (!isKms(plan)) return { ...(await newOwned(ports, bucket, key)), encryption: { mode: plan.mode } };
  if (plan.mode === "aws:kms:dsse") return newTwoLayers(ctx, ports, bucket, key, plan);
  const { keyArn, ...made } = plan.bucketKey
    ? await newUnderBucketKey(ctx, ports, bucket, key, plan)
    : await newUnderKms(ctx, ports, bucket, key, plan);
  return { ...made, encryption: kmsEncryption(plan, keyArn) };
}

const kmsEncryption = ({ mode, context, bucketKey }: KmsPlan, keyArn: string): KmsEncryption => ({
  mode,
  keyArn,
  context,
  bucketKey,
});

function newUnderCustomer(bucket: Bucket, key: string, customerKey: CustomerKey): NewDataKey {
  const secret = newSecret();
  const wrapped = wrapForCustomer(customerKey, secret, binding(CUSTOMERS, { bucketId: bucket.id, key }));
  return { key: handleOf(secret), wrapped, encryption: { mode: "SSE-C" } };
}

async function newOwned(ports: S3Ports, bucket: Bucket, key: string, layer?: "2") {
  const owner = { account: bucket.account, region: bucket.region, service: "s3" };
  const made = await ports.ownedKeys.generateDataKey(owner, ownedContext(bucket, key, layer));
  return { key: handleOf(made.plaintext), wrapped: made.blob };
}

async function newUnderKms(ctx: RequestContext, ports: S3Ports, bucket: Bucket, key: string, plan: KmsPlan) {
  const context = kmsContext(bucket, key, plan);
  const made = await asS3(useOf(ctx, "kms:GenerateDataKey", plan.keyId), () =>
    ports.keys.generateDataKey(callFor(ctx, bucket), plan.keyId, context),
  );
  return { key: handleOf(made.plaintext), wrapped: made.blob, keyArn: made.keyArn };
}

async function newUnderBucketKey(ctx: RequestContext, ports: S3Ports, bucket: Bucket, key: string, plan: KmsPlan) {
  const secret = newSecret();
  const made = await wrapUnderBucketKey(ctx, ports, bucket, key, plan, secret);
  return { ...made, key: handleOf(secret) };
}

function wrapUnderBucketKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  key: string,
  plan: KmsPlan,
  secret: Secret,
) {
  const context = kmsContext(bucket, key, plan);
  const object = { bucketId: bucket.id, key };
  return asS3(useOf(ctx, "kms:GenerateDataKey", plan.keyId), () =>
    ports.bucketKeys.wrap(callFor(ctx, bucket), plan.keyId, context, object, secret),
  );
}

/** DSSE-KMS: the inner key is KMS's, the outer one is S3's own; neither can be had from the other. */
async function newTwoLayers(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  key: string,
  plan: KmsPlan,
): Promise<NewDataKey> {
  const inner = await newUnderKms(ctx, ports, bucket, key, plan);
  const outer = await newOwned(ports, bucket, key, "2");
  return {
    key: { inner: inner.key, outer: outer.key },
    wrapped: packPair(WRAPPED.twoLayers, { first: inner.wrapped, second: outer.wrapped }),
    encryption: kmsEncryption(plan, inner.keyArn),
  };
}

/** What stands with an object or an upload. */
export interface StoredKey {
  readonly key: string;
  readonly encryption: ObjectEncryption;
  readonly dataKey: Uint8Array;
  /** Of an object. */
  readonly versionId?: string;
}

/**
 * One Decrypt in the caller's name for each use (s3 section 4). Nothing is remembered but bucket-level keys, and those
 * only until anything changes: a switched-off key is off at once.
 */
export async function openDataKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  stored: StoredKey,
  customerKey: CustomerKey | undefined,
): Promise<BodyKey> {
  const { encryption, key, dataKey } = stored;
  refuseUnlessApplicable(encryption, customerKey);
  if (customerKey !== undefined) {
    const opened = tryCustomerKey(ports, bucket, stored, customerKey);
    if (opened === undefined) throw wrongCustomerKey();
    return opened;
  }
  if (!isKms(encryption)) return handleOf(await openOwned(ports, bucket, key, dataKey));
  refuseUnsafeKmsUse(ctx, ports);
  if (encryption.mode === "aws:kms") {
    return handleOf(await openUnderKms(ctx, ports, bucket, { key, encryption, dataKey }));
  }
  const pair = unpackPair(WRAPPED.twoLayers, dataKey);
  needs(pair !== undefined, "a DSSE-KMS object has two data keys");
  const inner = await openUnderKms(ctx, ports, bucket, { key, encryption, dataKey: pair.first });
  return { inner: handleOf(inner), outer: handleOf(await openOwned(ports, bucket, key, pair.second, "2")) };
}

/** Undefined when it is not the key that the object was written with. */
export function tryCustomerKey(
  ports: S3Ports,
  bucket: Bucket,
  stored: StoredKey,
  customerKey: CustomerKey,
): KeyHandle | undefined {
  const { wrapped, bucketId } = customersOwn(ports, bucket, stored);
  return unwrapForCustomer(customerKey, wrapped, binding(CUSTOMERS, { bucketId, key: stored.key }));
}

/** What the customer's key wrapped, and in which bucket. A replica's is another one, as the house's mark confirms. */
function customersOwn({ markKey }: S3Ports, { id: bucketId }: Bucket, stored: StoredKey) {
  const { key, versionId, encryption, dataKey } = stored;
  const origin = originOf(encryption);
  if (origin === undefined) return { wrapped: dataKey, bucketId };
  needs(versionId !== undefined, "a replica is an object's version");
  return { wrapped: unmarkReplica(markKey, { bucketId, key, versionId }, origin, dataKey), bucketId: origin.bucketId };
}

/** The encryption of a replica whose bytes are its source's: nobody here could wrap their key for another place. */
export function replicaUnderCustomer(
  ports: S3Ports,
  source: Bucket,
  object: StoredObject,
  destination: Bucket,
): { readonly encryption: ObjectEncryption; readonly wrapped: Uint8Array } {
  const { wrapped } = customersOwn(ports, source, object);
  const origin = originOf(object.encryption) ?? { bucketId: source.id, bodyId: object.bodyId };
  const place = { bucketId: destination.id, key: object.key, versionId: object.versionId };
  return { encryption: { mode: "SSE-C", origin }, wrapped: markReplica(ports.markKey, place, origin, wrapped) };
}

/** A customer's key is asked for where the object has one, and only there. */
export function refuseUnlessApplicable({ mode }: ObjectEncryption, customerKey: CustomerKey | undefined): void {
  if (mode === "SSE-C" && customerKey === undefined) {
    throw errors.invalidRequest(
      "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    );
  }
  if (mode !== "SSE-C" && customerKey !== undefined) {
    throw errors.invalidRequest("The encryption parameters are not applicable to this object.");
  }
}

/**
 * What telling of an object needs, none of whose bytes are read: the customer's key always, and KMS for the checksum,
 * which tells of the plaintext (s3 section 4).
 */
export async function proveKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  stored: StoredKey,
  customerKey: CustomerKey | undefined,
  tellsChecksum: boolean,
): Promise<void> {
  refuseUnlessApplicable(stored.encryption, customerKey);
  if (customerKey || tellsChecksum) await openDataKey(ctx, ports, bucket, stored, customerKey);
}

const openOwned = (ports: S3Ports, bucket: Bucket, key: string, blob: Uint8Array, layer?: "2"): Promise<Secret> =>
  ports.ownedKeys.decryptDataKey(blob, ownedContext(bucket, key, layer));

async function openUnderKms(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  { key, encryption, dataKey }: StoredKey & { readonly encryption: KmsEncryption },
): Promise<Secret> {
  const context = kmsContext(bucket, key, encryption);
  const call = callFor(ctx, bucket);
  const object = { bucketId: bucket.id, key };
  const use = useOf(ctx, "kms:Decrypt", encryption.keyArn);
  const underBucketKey = ports.bucketKeys.open(call, dataKey, context, object);
  if (underBucketKey !== undefined) return asS3(use, () => underBucketKey);
  const rewrapped = unpackPair(WRAPPED.rewrapped, dataKey);
  const opened = await asS3(use, () => ports.keys.decryptDataKey(call, rewrapped?.first ?? dataKey, context));
  if (rewrapped === undefined) return opened.plaintext;
  const wrapping = SealingKey.of(opened.plaintext);
  opened.plaintext.wipe();
  return Secret.own(wrapping.open(rewrapped.second, binding(REWRAPPED, object)));
}

/** The data key of an SSE-S3 or SSE-KMS object, under another KMS key; the bytes that it seals are not touched. */
export async function rewrapDataKey(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  { key, encryption, dataKey }: StoredKey,
  { keyArn, bucketKey }: { readonly keyArn: string; readonly bucketKey: boolean },
): Promise<{ readonly wrapped: Uint8Array; readonly encryption: ObjectEncryption }> {
  needs(encryption.mode === "AES256" || encryption.mode === "aws:kms", "one data key that S3 may open");
  refuseUnsafeKmsUse(ctx, ports);
  const plan = { mode: "aws:kms", keyId: keyArn, context: {}, bucketKey } as const;
  const secret = isKms(encryption)
    ? await openUnderKms(ctx, ports, bucket, { key, encryption, dataKey })
    : await openOwned(ports, bucket, key, dataKey);
  try {
    const made = bucketKey
      ? await wrapUnderBucketKey(ctx, ports, bucket, key, plan, secret)
      : await wrapUnderKms(ctx, ports, bucket, key, plan, secret);
    return { wrapped: made.wrapped, encryption: kmsEncryption(plan, made.keyArn) };
  } finally {
    secret.wipe();
  }
}

async function wrapUnderKms(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  key: string,
  plan: KmsPlan,
  secret: Secret,
) {
  const made = await asS3(useOf(ctx, "kms:GenerateDataKey", plan.keyId), () =>
    ports.keys.generateDataKey(callFor(ctx, bucket), plan.keyId, kmsContext(bucket, key, plan)),
  );
  const wrapping = SealingKey.of(made.plaintext);
  made.plaintext.wipe();
  const second = secret.use((bytes) => wrapping.seal(bytes, binding(REWRAPPED, { bucketId: bucket.id, key })));
  return { wrapped: packPair(WRAPPED.rewrapped, { first: made.blob, second }), keyArn: made.keyArn };
}

const useOf = ({ caller }: RequestContext, action: KmsUse["action"], keyId: string): KmsUse => ({
  action,
  keyId,
  account: caller.account,
  callerArn: caller.principal.arn,
});

/** KMS is asked where the bucket is: the source of a copy may lie in another Region. */
const callFor = (ctx: RequestContext, bucket: Bucket) => {
  const isService = ctx.caller.principal.kind === "service";
  // A service that writes for somebody has said for what: a key policy asks for that, not for the bucket.
  const sourceArn = (isService ? ctx.sourceArn : undefined) ?? bucketArn(bucket.name);
  return callVia(ctx, "s3", sourceArn, bucket.region);
};

function handleOf(secret: Secret): KeyHandle {
  const handle = keyHandle(secret);
  secret.wipe();
  return handle;
}

const CUSTOMERS = utf8("s3-customer-object-key/1\0");
const REWRAPPED = utf8("s3-rewrapped-key/1\0");

/** Bound into a wrapped key, so that none stands in for another object's. */
const binding = (purpose: Uint8Array, { bucketId, key }: ObjectName): Buffer =>
  Buffer.concat([purpose, canonicalContext({ bucket: bucketId, key })]);

const ownedContext = (bucket: Bucket, key: string, layer?: "2") => ({
  "aws:s3:arn": objectArn(bucket.name, key),
  bucket: bucket.id,
  ...(layer ? { layer } : {}),
});

function kmsContext(
  bucket: Bucket,
  key: string,
  { context, bucketKey }: { readonly context: Readonly<Record<string, string>>; readonly bucketKey: boolean },
): Record<string, string> {
  // The caller's pairs are not bound into a bucket-level key (s3 section 4).
  if (bucketKey) return { "aws:s3:arn": bucketArn(bucket.name) };
  return { ...context, "aws:s3:arn": objectArn(bucket.name, key) };
}
