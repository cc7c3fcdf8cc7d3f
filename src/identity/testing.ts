import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountId, Ids, ManualClock, SeededEntropy, silentLog } from "../base/index.js";
import { newSecret, SealingKey } from "../crypto/index.js";
import type { Database } from "../store/index.js";
import { openTestSqlite } from "../store/testing.js";
import { createAccount } from "./access-keys.js";
import { directory } from "./directory-store.js";
import { LastUses } from "./last-uses.js";
import { IDENTITY_MIGRATIONS } from "./migrations.js";
import { type Identity, openIdentity } from "./open-identity.js";
import type { Sealer } from "./session-token.js";

export const HOUSE_ACCOUNT = "111122223333" as AccountId; // twelve digits
export const SECOND_ACCOUNT = "444455556666" as AccountId; // twelve digits

/** A real directory in a folder of its own, with two accounts. */
export interface TestHouse {
  readonly database: Database;
  readonly identity: Identity;
  readonly uses: LastUses;
  readonly clock: ManualClock;
  readonly ids: Ids;
  readonly sealer: Sealer;
  readonly rootKey: { readonly id: string; readonly secret: string };
  /** Another identity over the same file, as another process has it. */
  neighbour(): Promise<TestHouse>;
  close(): Promise<void>;
}

export async function openTestHouse(): Promise<TestHouse> {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-identity-"));
  const sealer = SealingKey.of(newSecret());
  const clock = new ManualClock("2026-11-21T09:00:00Z");
  const ids = new Ids(new SeededEntropy(11));
  const opened: Database[] = [];

  async function open() {
    const database = await openTestSqlite({ path: join(folder, "iam.db"), migrations: IDENTITY_MIGRATIONS });
    opened.push(database);
    const uses = new LastUses(database, clock, silentLog);
    return { database, uses, identity: openIdentity({ database, clock, ids, sealer }) };
  }

  const first = await open();
  const rootKey = await first.database.write(async (tx) => {
    await createAccount(tx, { name: "second", id: SECOND_ACCOUNT }, { clock, ids });
    await directory.giveHouseTo(tx, HOUSE_ACCOUNT);
    return (await createAccount(tx, { name: "first", id: HOUSE_ACCOUNT }, { clock, ids })).rootKey;
  });

  const house: TestHouse = {
    ...first,
    clock,
    ids,
    sealer,
    rootKey,
    neighbour: async () => ({ ...house, ...(await open()) }),
    async close() {
      for (const database of opened) await database.close();
      rmSync(folder, { recursive: true });
    },
  };
  return house;
}
