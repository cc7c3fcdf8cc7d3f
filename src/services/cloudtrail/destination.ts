import { isAwsError, parseArn } from "../../base/index.js";
import { callVia } from "../../identity/index.js";
import { errors } from "./errors.js";
import type { Actor, CloudTrailPorts } from "./operation.js";
import { arnOf, rootOf, type Trail } from "./trail.js";

export const actorOf = (trail: Pick<Trail, "account" | "region" | "name">): Actor => ({
  account: trail.account,
  region: trail.region,
  sourceArn: arnOf(trail),
});

/**
 * Holds a trail's bucket and key against what delivery will need (cloudtrail sections 1 and 2), as CloudTrail itself.
 * Gives the key's ARN.
 */
export async function checkDestination(
  ports: CloudTrailPorts,
  trail: Trail,
  keyId: string | undefined,
): Promise<string | undefined> {
  const actor = actorOf(trail);
  const region = await ports.buckets.check(actor, trail.bucket, `${rootOf(trail)}CloudTrail/`).catch((thrown) => {
    if (isAwsError(thrown, "NoSuchBucket")) throw errors.noBucket(trail.bucket);
    throw isAwsError(thrown) ? errors.bucketPolicy(trail.bucket) : thrown;
  });
  return keyId === undefined ? undefined : checkKey(ports, trail, actor, region, keyId);
}

const KEY_ID = /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.{1,256}|alias\/.{1,256}|(mrk-)?[0-9a-f-]{32,36})$/;

/** One data key is made and thrown away: it proves that the key's policy lets CloudTrail in. */
async function checkKey(
  { buckets, keys }: CloudTrailPorts,
  trail: Trail,
  actor: Actor,
  region: string,
  keyId: string,
): Promise<string> {
  if (!KEY_ID.test(keyId)) throw errors.keyId(keyId.slice(0, 256));
  if ((parseArn(keyId)?.region ?? region) !== region) throw errors.keyNotFound(keyId);
  const context = {
    "aws:cloudtrail:arn": actor.sourceArn,
    "aws:s3:arn": `arn:aws:s3:::${trail.bucket}/${rootOf(trail)}`,
  };
  const call = callVia(await buckets.call(actor, region), "cloudtrail", actor.sourceArn);
  try {
    const made = await keys.generateDataKey(call, keyId, context);
    made.plaintext.wipe();
    return made.keyArn;
  } catch (thrown) {
    if (!isAwsError(thrown)) throw thrown;
    if (thrown.code === "NotFoundException") throw errors.keyNotFound(keyId);
    if (thrown.code === "AccessDeniedException") throw errors.keyPolicy(trail.bucket, keyId);
    throw errors.kms(`${thrown.code}: ${thrown.message}`);
  }
}
