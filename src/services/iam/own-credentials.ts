import type { AwsError } from "../../base/index.js";
import type { CredentialStatus, Item, Items } from "../../identity/index.js";
import type { ReadTx } from "../../store/index.js";
import { invalidInput } from "./errors.js";

/** What belongs to this user or root under this id; somebody else's is as good as none. */
export async function ownCredential<T extends Item>(
  tx: ReadTx,
  items: Items<T>,
  owner: Pick<Item, "account" | "ownerId">,
  id: string,
  noSuch: (id: string) => AwsError,
): Promise<T> {
  const found = await items.find(tx, owner.account, id);
  if (found === undefined || found.ownerId !== owner.ownerId || found.name !== id) throw noSuch(id);
  return found;
}

/** `Expired` is for the house to say. */
export function parseStatus(status: string): CredentialStatus {
  if (status !== "Active" && status !== "Inactive")
    throw invalidInput("Invalid status. Status must be Active or Inactive.");
  return status;
}
