import type { Check } from "../../identity/index.js";
import { type Acl, privateAcl } from "./acl.js";
import { hasAcls } from "./ownership.js";
import { ownedObjectCheck } from "./policy.js";
import type { S3Ports } from "./ports.js";
import { type Bucket, type StoredObject, selectObjectAcl } from "./store/index.js";

/** The list of an object version. Where the bucket's owner owns everything, lists of earlier days do not count. */
export async function aclOfObject(ports: S3Ports, bucket: Bucket, { bodyId }: StoredObject): Promise<Acl> {
  const stored = hasAcls(bucket) ? await ports.database.read((tx) => selectObjectAcl(tx, bodyId)) : undefined;
  return stored ?? privateAcl(bucket.account);
}

/** A check on an object that is there, its list asked too where there are lists. */
export async function withObjectAcl(
  ports: S3Ports,
  bucket: Bucket,
  object: StoredObject,
  check: Check,
): Promise<Check> {
  return ownedObjectCheck(ports, bucket, await aclOfObject(ports, bucket, object), check);
}

/** Who may write into a bucket by its list may delete what is their own there, and nothing else. */
export async function deletionCheck(
  ports: S3Ports,
  bucket: Bucket,
  object: StoredObject | undefined,
  check: Check,
): Promise<Check> {
  if (!hasAcls(bucket) || !object || check.side.kind !== "resource") return check;
  const { owner } = await aclOfObject(ports, bucket, object);
  const { lists: writes } = check.side;
  if (!writes) return check;
  return {
    ...check,
    side: {
      ...check.side,
      lists: (request) => request.principal.account === owner && writes({ ...request, action: "s3:PutObject" }),
    },
  };
}
