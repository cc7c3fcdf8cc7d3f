import { isRegion, type Region } from "../../../base/index.js";
import { ALL_BLOCKED, PUBLIC_ACCESS_BLOCK } from "../access-block.js";
import { hasAcl } from "../acl-request.js";
import { s3Audit } from "../audit.js";
import { findBucket } from "../bucket.js";
import { ENCRYPTION, implicit } from "../bucket-encryption.js";
import { errors } from "../errors.js";
import { bucketArn, checkBucketName } from "../names.js";
import { OBJECT_LOCK } from "../object-lock.js";
import { noteBucket } from "../on-bucket.js";
import { BUCKET_ACL, isOwnersOnly, newBucketAcl, OWNERSHIP, parseOwnership } from "../ownership.js";
import { headerValues } from "../policy.js";
import { operation } from "../ports.js";
import { type Bucket, insertBucket, selectBucket } from "../store/index.js";
import { parseTagSet } from "../tagging.js";
import { VERSIONING } from "../versioning.js";

export const LOCATION = "location";
export const TAGGING = "tagging";

export const createBucket = operation("CreateBucket", {
  audit: s3Audit,
  target: (_ctx, input) => checkBucketName(input.Bucket),
  checks: (ctx, input) => {
    const values = headerValues(ctx, {
      "s3:locationconstraint": input.CreateBucketConfiguration?.LocationConstraint ?? ctx.region,
      "s3:x-amz-object-ownership": input.ObjectOwnership,
    });
    const actions = [
      "s3:CreateBucket",
      ...(hasAcl(input) ? ["s3:PutBucketAcl"] : []),
      ...(input.ObjectOwnership ? ["s3:PutBucketOwnershipControls"] : []),
      ...(input.ObjectLockEnabledForBucket ? ["s3:PutBucketVersioning", "s3:PutBucketObjectLockConfiguration"] : []),
    ];
    const side = { kind: "none", account: ctx.caller.account } as const;
    return actions.map((action) => ({ action, resource: bucketArn(input.Bucket), side, values }));
  },
  run: async (ctx, input, _ok, ports) => {
    const ownership = parseOwnership(input.ObjectOwnership ?? "BucketOwnerEnforced");
    const acl = await newBucketAcl(ctx, ports, ownership, input);
    const location = input.CreateBucketConfiguration?.LocationConstraint;
    const region = parseLocation(location, ctx.region);
    const tags = parseTagSet(input.CreateBucketConfiguration?.Tags, "bucket");
    const bucket: Bucket = {
      name: input.Bucket,
      id: ctx.ids.hex(32),
      account: ctx.caller.account,
      region,
      createdMs: ctx.clock.nowMs(),
      settings: new Map([
        [ENCRYPTION, JSON.stringify(implicit(ports.rules.newBucketsBlockSseC))],
        [PUBLIC_ACCESS_BLOCK, JSON.stringify(ALL_BLOCKED)],
        ...(ownership === "BucketOwnerEnforced" ? [] : [[OWNERSHIP, ownership] as const]),
        ...(isOwnersOnly(acl) ? [] : [[BUCKET_ACL, JSON.stringify(acl.grants)] as const]),
        ...(input.ObjectLockEnabledForBucket
          ? ([
              [VERSIONING, "Enabled"],
              [OBJECT_LOCK, "{}"],
            ] as const)
          : []),
        ...(location === "EU" ? [[LOCATION, "EU"] as const] : []),
        ...(tags.length > 0 ? [[TAGGING, JSON.stringify(tags)] as const] : []),
      ]),
    };
    const known = await findBucket(ports, input.Bucket);
    if (known) return answerExisting(known, bucket);
    await ctx.commit(ports.database, async (tx) => {
      const raced = await selectBucket(tx, bucket.name);
      if (raced) throw existsAlready(raced, bucket);
      await insertBucket(tx, bucket);
    });
    noteBucket(ctx, bucket);
    return answer(bucket, ctx.host);
  },
});

/** The old Region of S3 alone answers success to the owner who creates a bucket again, and names no tags for it. */
function answerExisting(known: Bucket, wanted: Bucket) {
  const isRepeated = known.account === wanted.account && known.region === "us-east-1" && wanted.region === "us-east-1";
  if (!isRepeated || wanted.settings.has(TAGGING)) throw existsAlready(known, wanted);
  return answer(known, "");
}

const existsAlready = (known: Bucket, wanted: Bucket) =>
  known.account === wanted.account
    ? errors.bucketAlreadyOwnedByYou(wanted.name)
    : errors.bucketAlreadyExists(wanted.name);

const answer = ({ name, region }: Bucket, host: string) => ({
  Location: region === "us-east-1" ? `/${name}` : `http://${name}.${host}/`,
  BucketArn: bucketArn(name),
});

/** From us-east-1, the global endpoint, a bucket may be made anywhere; from elsewhere, only there. */
function parseLocation(location: string | undefined, signed: Region): Region {
  if (location === undefined || location === "") {
    if (signed === "us-east-1") return signed;
    throw incompatible("unspecified");
  }
  const region = location === "EU" ? "eu-west-1" : location;
  if (!isRegion(region) || region === "us-east-1") throw errors.invalidLocationConstraint(location);
  if (signed !== "us-east-1" && signed !== region) throw incompatible(location);
  return region;
}

const incompatible = (location: string) =>
  errors.illegalLocationConstraint(
    `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
