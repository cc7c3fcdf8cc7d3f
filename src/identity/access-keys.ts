import { type AccountId, type Clock, type Ids, SECOND_MS } from "../base/index.js";
import { newSecret } from "../crypto/index.js";
import type { WriteTx } from "../store/index.js";
import { newAccessKeyId } from "./access-key-id.js";
import type { AccessKey, Account } from "./directory.js";
import { directory } from "./directory-store.js";

/** IAM and STS tell time in whole seconds; so do we, that what is shown is what is stored. */
export const wholeSeconds = (date: Date): Date => new Date(Math.floor(date.getTime() / SECOND_MS) * SECOND_MS);

export interface Makers {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** 240 bits in forty characters, in the alphabet that AWS uses. */
export function newSecretAccessKey(): string {
  const secret = newSecret(30);
  const text = secret.use((bytes) => bytes.toString("base64"));
  secret.wipe();
  return text;
}

/** Makes and stores an access key of a user, or of the account's root. */
export async function createAccessKey(
  tx: WriteTx,
  owner: { readonly account: AccountId; readonly userId?: string },
  { clock, ids }: Makers,
): Promise<AccessKey> {
  const key: AccessKey = {
    id: newAccessKeyId("AKIA", owner.account, ids),
    account: owner.account,
    ...(owner.userId === undefined ? {} : { userId: owner.userId }),
    secret: newSecretAccessKey(),
    status: "Active",
    createdAt: wholeSeconds(clock.now()),
  };
  await directory.insertAccessKey(tx, key);
  return key;
}

/**
 * Makes an account and the one access key of its root. The secret is in the answer and in the sealed database, and
 * nowhere else: whoever calls hands it to the owner, once. `id` is for those who must have a certain account number.
 */
export async function createAccount(
  tx: WriteTx,
  wanted: { readonly name: string; readonly id?: AccountId },
  makers: Makers,
): Promise<{ readonly account: Account; readonly rootKey: AccessKey }> {
  const account = {
    id: wanted.id ?? makers.ids.accountId(),
    name: wanted.name,
    createdAt: wholeSeconds(makers.clock.now()),
  };
  await directory.insertAccount(tx, account);
  return { account, rootKey: await createAccessKey(tx, { account: account.id }, makers) };
}
