import type { TrailRecord } from "./port.js";

/**
 * The owner of a resource in another account gets a copy that names the caller's account alone, tied to the first
 * by sharedEventID (kms 13.2). Refused calls are told to the caller's account only.
 */
export function copiesForOwners(record: TrailRecord, newId: () => string): readonly TrailRecord[] {
  const owners = record.errorCode === undefined ? foreignOwners(record) : NOBODY;
  if (owners.size === 0) return [record];
  const sharedEventID = newId();
  const { principalId, accountId, invokedBy } = record.userIdentity;
  const userIdentity = {
    type: "AWSAccount",
    principalId,
    accountId,
    ...(invokedBy === undefined ? {} : { invokedBy }),
  };
  const copies = [...owners].map((recipientAccountId) => ({
    ...record,
    userIdentity,
    eventID: newId(),
    recipientAccountId,
    sharedEventID,
  }));
  return [{ ...record, sharedEventID }, ...copies];
}

const NOBODY: ReadonlySet<string> = new Set();

/** Nearly every call stays at home: then nothing is made. */
function foreignOwners({ resources, recipientAccountId }: TrailRecord): ReadonlySet<string> {
  const ids = resources?.map(({ accountId }) => accountId) ?? [];
  const foreign = ids.filter((id): id is string => id !== undefined && id !== recipientAccountId);
  return foreign.length === 0 ? NOBODY : new Set(foreign);
}
