import { join } from "node:path";
import { type AccountId, type Clock, type Ids, type Log, utf8 } from "../base/index.js";
import { credentialsFile, credentialsText } from "../cli/index.js";
import { createAccount, directory, IDENTITY_MIGRATIONS } from "../identity/index.js";
import type { KeyStore } from "../keystore/index.js";
import { openSqlite, replaceFile, type WriteTx } from "../store/index.js";

export interface BootstrapOptions {
  readonly folder: string;
  readonly keyStore: KeyStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly dev: boolean;
}

/** The well-known pair of `--dev`. */
const DEV_KEY = "test";

/** On a folder's first start: the bootstrap account, its root credentials, and the owner's copy of them. */
export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const { folder, keyStore, log } = options;
  const key = await keyStore.houseKey("database/iam");
  const database = await openSqlite({ path: join(folder, "iam.db"), key, migrations: IDENTITY_MIGRATIONS, log });
  try {
    await database.write(async (tx) => {
      const account = (await directory.houseOwner(tx)) ?? (await firstAccount(tx, options));
      await keepDevKey(tx, account, options);
    });
  } finally {
    await database.close();
    key.wipe();
  }
}

/**
 * The file is written before the account commits: a crash between leaves a file that the next start writes anew,
 * never an account whose credentials nobody has.
 */
async function firstAccount(tx: WriteTx, options: BootstrapOptions): Promise<AccountId> {
  const { account, rootKey } = await createAccount(tx, { name: "bootstrap" }, options);
  await directory.giveHouseTo(tx, account.id);
  const text = credentialsText({ accessKeyId: rootKey.id, secretAccessKey: rootKey.secret });
  replaceFile(credentialsFile(options.folder), utf8(text));
  return account.id;
}

/** `test`/`test` exists exactly while the server runs with `--dev`. */
async function keepDevKey(tx: WriteTx, account: AccountId, { dev, clock }: BootstrapOptions): Promise<void> {
  const existing = await directory.accessKey(tx, DEV_KEY);
  if (dev === (existing !== undefined)) return;
  if (!dev) await directory.deleteAccessKey(tx, DEV_KEY);
  else
    await directory.insertAccessKey(tx, {
      id: DEV_KEY,
      account,
      secret: DEV_KEY,
      status: "Active",
      createdAt: clock.now(),
    });
}
