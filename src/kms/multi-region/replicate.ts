import type { TrailRecord } from "../../audit/index.js";
import { AwsError, isRegion, partitionOf, type Region, servedRegions } from "../../base/index.js";
import type { WriteTx } from "../../store/index.js";
import { getStoredKey } from "../change-key.js";
import { refuseOverQuota } from "../create-key.js";
import { type Key, type KeyFamily, keyArn, refuseUnless, type Tag } from "../key.js";
import type { CheckedPolicy } from "../key-policy.js";
import type { Kms } from "../kms.js";
import { insertKey } from "../store/index.js";
import { type InFamily, refuseUnlessPrimary, sibling } from "./family.js";
import { bumpFamily, familyRows } from "./family-rows.js";
import { insertWork } from "./work-rows.js";

/** A Region where a related key may be: of the same partition as this one, and served here (kms M-3). */
export function parseRegion(text: string, here: Region): Region {
  if (isRegion(text) && servedRegions(here).has(text) && partitionOf(text) === partitionOf(here)) return text;
  throw validation(`The Region ${text} is not available for multi-Region keys of ${here}.`);
}

export function refuseSameRegion(primary: Key, region: Region): void {
  if (primary.region === region) throw validation(`${region} is the Region of the primary key ${primary.arn} already.`);
}

const validation = (message: string) => new AwsError("ValidationException", message);

/** State first, then the kind of key (kms section 2, M-3, M-6). */
export function refuseReplication(key: Key): asserts key is InFamily & { readonly state: "Enabled" } {
  refuseUnless(key, "Enabled");
  refuseUnlessPrimary(key);
}

/** What a replica has of its own. */
export interface NewReplica {
  readonly region: Region;
  readonly description: string;
  readonly tags: readonly Tag[];
  readonly policy: CheckedPolicy;
}

/**
 * The replica without its material, and the work to give it some, in the call's unit of work. `event` makes the
 * record that the finished work leaves in the replica's Region.
 */
export async function replicateKey(
  kms: Kms,
  primary: Key,
  made: NewReplica,
  event: (replica: Key) => TrailRecord,
  commit: <T>(unit: (tx: WriteTx) => Promise<T>) => Promise<T>,
): Promise<Key> {
  const now = kms.clock.now();
  return commit(async (tx) => {
    const { key } = await getStoredKey(tx, primary);
    refuseReplication(key);
    const regions = await familyRows(tx, key);
    if (regions.includes(made.region)) throw alreadyThere(key, made.region);
    const replica = replicaOf(key, made, now, {
      ...key.family,
      replicas: [...key.family.replicas, made.region].sort(),
    });
    await refuseOverQuota(kms, tx, replica);
    await insertKey(tx, { key: replica, policy: made.policy.text, principals: made.policy.principals });
    await insertWork(tx, replica, event(replica));
    await bumpFamily(tx, replica);
    return replica;
  });
}

const replicaOf = (
  primary: Key,
  { region, description, tags }: NewReplica,
  createdAt: Date,
  family: KeyFamily,
): Key => {
  const ref = sibling(primary, region);
  const { spec, usage, origin, manager, onDemandRotations, rotation } = primary;
  const shared = { manager, spec, usage, origin, onDemandRotations, ...(rotation === undefined ? {} : { rotation }) };
  return { ...ref, arn: keyArn(ref), ...shared, family, description, tags, createdAt, state: "Creating" };
};

const alreadyThere = (key: Key, region: Region) =>
  new AwsError("AlreadyExistsException", `The key ${key.id} has a related multi-Region key in ${region} already.`);
