import { isAwsError, LIMITS, parseArn } from "../../base/index.js";
import { authorize, type Check, Denied } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import { type NamedPolicy, parsePolicy, type RequestValues, type ResourceSide } from "../../policy/index.js";
import { isBlocked } from "./access-block.js";
import { type Acl, bucketLists, objectLists, withoutPublicGrants } from "./acl.js";
import { errors } from "./errors.js";
import { bucketArn, objectArn } from "./names.js";
import { bucketAcl, hasAcls } from "./ownership.js";
import type { S3Ports } from "./ports.js";
import { type Bucket, selectBucket } from "./store/index.js";
import type { Tag } from "./tagging.js";

export const POLICY = "policy";

/** A check on the bucket itself. */
export function bucketCheck(ports: S3Ports, bucket: Bucket, action: string, values?: RequestValues): Check {
  const side = sideOf(ports, bucket);
  return { action: `s3:${action}`, resource: bucketArn(bucket.name), side, ...(values ? { values } : {}) };
}

/** A check on an object, which need not exist. */
export function objectCheck(
  ports: S3Ports,
  bucket: Bucket,
  key: string,
  action: string,
  values?: RequestValues,
): Check {
  const side = sideOf(ports, bucket);
  return { action: `s3:${action}`, resource: objectArn(bucket.name, key), side, ...(values ? { values } : {}) };
}

/** A check that is made only where it fails because somebody forbids it in so many words: nobody need allow it. */
export function unlessForbidden(ctx: RequestContext, check: Check): Check[] {
  try {
    authorize(ctx, undefined, [check]);
    return [];
  } catch (thrown) {
    if (thrown instanceof Denied) return thrown.decision.explicit ? [check] : [];
    throw thrown;
  }
}

function sideOf(ports: S3Ports, bucket: Bucket): ResourceSide {
  const text = bucket.settings.get(POLICY);
  return {
    kind: "resource",
    account: bucket.account,
    ...(text === undefined ? {} : { policy: compiled(ports, bucket, text) }),
    ...(hasAcls(bucket) ? { lists: bucketLists(actingAcl(bucket, bucketAcl(bucket))) } : {}),
  };
}

/** IgnorePublicAcls: a list that lets everybody in stays written and gives nothing. */
const actingAcl = (bucket: Bucket, acl: Acl): Acl =>
  isBlocked(bucket, "IgnorePublicAcls") ? withoutPublicGrants(acl) : acl;

/**
 * A check on an object that is there, in a bucket with lists: its owner's account decides about it, which may be a
 * writer's. Of the policy of a bucket whose owner does not own the object, only what it denies counts.
 */
export function ownedObjectCheck(ports: S3Ports, bucket: Bucket, acl: Acl, check: Check): Check {
  const side = sideOf(ports, bucket);
  const { kind, policy } = side.kind === "resource" ? side : { kind: "resource" as const, policy: undefined };
  const speaks = policy === undefined || acl.owner === bucket.account ? policy : denialsOf(policy);
  return {
    ...check,
    side: {
      kind,
      account: acl.owner,
      ...(speaks === undefined ? {} : { policy: speaks }),
      lists: objectLists(actingAcl(bucket, acl)),
    },
  };
}

const denialsOf = ({ name, policy }: NamedPolicy): NamedPolicy => ({
  name,
  policy: { ...policy, statements: policy.statements.filter((statement) => statement.isDeny) },
});

/** What speaks for a bucket or an object, by its ARN: for explanations. */
export async function sideOfArn(ports: S3Ports, resource: string): Promise<ResourceSide | undefined> {
  const arn = parseArn(resource);
  const name = arn?.service === "s3" ? arn.resource.split("/")[0] : undefined;
  const bucket = name === undefined ? undefined : await ports.database.read((tx) => selectBucket(tx, name));
  return bucket && sideOf(ports, bucket);
}

/** Policies are compiled once for each text. */
function compiled(ports: S3Ports, bucket: Bucket, text: string): NamedPolicy {
  const known = ports.caches.policies.get(text);
  if (known) return known;
  const policy = { name: `bucket policy of ${bucket.name}`, policy: parsePolicy(text, "resource") };
  ports.caches.policies.set(text, policy);
  return policy;
}

/** Condition values from request headers, under their policy names; what was not sent is absent (s3 section 7). */
export function headerValues(
  ctx: RequestContext,
  extra: Readonly<Record<string, string | undefined>> = {},
): RequestValues {
  const values = new Map<string, string>();
  for (const name of CONDITION_HEADERS) {
    const value = ctx.headers[name];
    if (value !== undefined) values.set(`s3:${name}`, value);
  }
  for (const [name, value] of Object.entries(extra)) if (value !== undefined) values.set(name, value);
  return values;
}

const CONDITION_HEADERS = [
  "if-match",
  "if-none-match",
  "x-amz-acl",
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write",
  "x-amz-grant-write-acp",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
] as const;

export function existingTagValues(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [`s3:existingobjecttag/${tag.Key.toLowerCase()}`, tag.Value]));
}

export function requestTagValues(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [`s3:requestobjecttag/${tag.Key.toLowerCase()}`, tag.Value]));
}

/** A bucket policy as it may be stored: parsed, in bounds, and about this bucket alone. Throws MalformedPolicy. */
export function parseBucketPolicy(text: string, bucket: string): { readonly isPublic: boolean } {
  if (Buffer.byteLength(text) > LIMITS.bucketPolicyBytes)
    throw errors.malformedPolicy("Policies must be 20 KB or less in size.");
  const document = parseDocument(text);
  const statements = statementsOf(document);
  for (const statement of statements) checkStatement(statement, bucket);
  try {
    parsePolicy(text, "resource");
  } catch (thrown) {
    if (!isAwsError(thrown)) throw thrown;
    throw errors.malformedPolicy(thrown.message || "This policy contains invalid Json");
  }
  return { isPublic: statements.some(isPublicStatement) };
}

/** Says of a stored policy whether it lets anybody in. */
export const isPublicPolicy = (text: string): boolean => statementsOf(parseDocument(text)).some(isPublicStatement);

type Json = Readonly<Record<string, unknown>>;

function parseDocument(text: string): Json {
  const value = parseJson(text);
  if (!text.startsWith("{") || typeof value !== "object" || value === null || Array.isArray(value)) {
    throw errors.malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  }
  return value as Json; // an object, and no array
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller says what is wrong
  }
}

function statementsOf(document: Json): Json[] {
  const { Statement } = document;
  if (Statement === undefined) throw errors.malformedPolicy("Missing required field Statement");
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return statements.filter((one): one is Json => typeof one === "object" && one !== null);
}

function checkStatement(statement: Json, bucket: string): void {
  for (const field of ["Principal", "Action", "Resource"]) {
    if (statement[field] === undefined && statement[`Not${field}`] === undefined) {
      throw errors.malformedPolicy(`Missing required field ${field}`);
    }
  }
  const resources = strings(statement["Resource"] ?? statement["NotResource"]);
  const own = bucketArn(bucket);
  if (
    !resources.every(
      (resource) => resource === own || resource.startsWith(`${own}/`) || /^arn:aws:s3:::[^/]*[*?]/.test(resource),
    )
  ) {
    throw errors.malformedPolicy("Policy has invalid resource");
  }
}

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");

/** Conditions that pin down who may come; with one of them a statement for everybody is not public. */
const PINNING =
  /^(aws:(principalorgid|principalorgpaths|principalaccount|principalarn|sourceaccount|sourcearn|sourceip|sourcevpc|sourcevpce|userid)|s3:dataaccesspoint(arn|account))$/i;

function isPublicStatement(statement: Json): boolean {
  if (statement["Effect"] !== "Allow" || !isEverybody(statement["Principal"])) return false;
  const operators = Object.values((statement["Condition"] ?? {}) as Json); // a policy's Condition is an object
  const pins = operators.flatMap((operator) => Object.entries((operator ?? {}) as Json));
  return !pins.some(
    ([name, value]) => PINNING.test(name) && !strings(value).some((one) => /^[*?]*$|^0\.0\.0\.0\/0$|^::\/0$/.test(one)),
  );
}

function isEverybody(principal: unknown): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  return strings((principal as Json)["AWS"]).includes("*"); // an object
}
